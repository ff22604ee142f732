import { expect, test } from "vitest";
import { sampleState, sampleViews } from "../../../../tests/support/policy.ts";
import { sampleDecision } from "../../../../tests/support/sample.ts";
import { itemId } from "../../../domain/ids.ts";
import { toRows } from "./to-rows.ts";

test("a shown item that is no candidate has no row, and stops none of the others", () => {
  const views = sampleViews(3);
  const [first, , third] = views.map((view) => view.itemId);
  const decision = sampleDecision("d", {
    slate: [first!, itemId("elsewhere"), third!],
    positionPropensities: [0.5, 0.4, 0.3],
  });
  const rows = toRows(
    { feedback: { decision, sequence: 1, rewards: [1, 1, undefined] }, isNew: true },
    {
      ...{ views, state: sampleState(), user: 0, age: 0, fold: "first" },
      rule: { weights: {}, windowSeconds: 1, defaultReward: 0, minimum: 0, maximum: 1 },
    },
  );
  expect(rows.map(({ position, candidates }) => [position, candidates.length])).toEqual([
    [0, 3],
    [2, 2],
  ]);
  expect(rows.map(({ action, candidates }) => candidates[action]!.itemId)).toEqual([first, third]);
  expect(rows.map(({ propensity, reward }) => [propensity, reward])).toEqual([
    [0.5, 1],
    [0.3, 0],
  ]);
});
