import { expect, test } from "vitest";
import { sampleState, sampleViews } from "../../../../tests/support/policy.ts";
import { sampleDecision } from "../../../../tests/support/sample.ts";
import { itemId } from "../../../domain/ids.ts";
import { toRows } from "./to-rows.ts";

test("a slate has rows down to the first shown item that is no candidate", () => {
  const views = sampleViews(4);
  const [first, , third, last] = views.map((view) => view.itemId);
  const decision = sampleDecision("d", {
    slate: [first!, third!, itemId("elsewhere"), last!],
    positionPropensities: [0.5, 0.4, 0.3, 0.2],
  });
  const rows = toRows(
    { feedback: { decision, sequence: 1, rewards: [1, undefined, 1, 1] }, isNew: true },
    {
      views,
      state: sampleState(),
      user: 0,
      age: 0,
      fold: "first",
      rule: { weights: {}, windowSeconds: 1, defaultReward: 0, minimum: 0, maximum: 1 },
      slateReward: "position",
      rules: {},
    },
  );
  expect(rows.map(({ position, candidates }) => [position, candidates.length])).toEqual([
    [0, 4],
    [1, 3],
  ]);
  expect(rows.map(({ action, candidates }) => candidates[action]!.itemId)).toEqual([first, third]);
  expect(rows.map(({ propensity, reward }) => [propensity, reward])).toEqual([
    [0.5, 1],
    [0.4, 0],
  ]);
});
