import { expect, test } from "vitest";
import { sampleRow } from "../../../tests/support/feedback.ts";
import { clickRule, sampleViews } from "../../../tests/support/policy.ts";
import type { Arm } from "../../domain/decision.ts";
import { evaluateServing } from "./evaluate-serving.ts";

const views = sampleViews(2);
const rule = { ...clickRule, minimum: -1, maximum: 3, defaultReward: 0 };
/** Rewards in reward units, as rows hold them. */
const rowsOf = (arm: Arm, rewards: readonly number[]) =>
  rewards.map((reward) => sampleRow(views, { arm, reward: (reward + 1) / 4 }));

test("the serving policy's reward is the mean over its rows in reward units, by hand", () => {
  const evaluation = evaluateServing(
    [...rowsOf("serving", [0, 0, 1, 3]), ...rowsOf("baseline", [1, 0]), ...rowsOf("canary", [3])],
    rule,
  );
  // Mean 1, variance (1 + 1 + 0 + 4)/3 = 2, standard error √(2/4); 1.96 of them on each side.
  expect(evaluation).toMatchObject({
    rows: 4,
    meanReward: 1,
    successRate: 0.5,
    baselineMeanReward: 0.5,
  });
  const width = 1.959964 * Math.sqrt(0.5);
  expect(evaluation?.interval[0]).toBeCloseTo(1 - width, 5);
  expect(evaluation?.interval[1]).toBeCloseTo(1 + width, 5);
});

test("without baseline traffic there is nothing to set beside it", () => {
  expect(evaluateServing(rowsOf("serving", [1, 1]), rule)).not.toHaveProperty("baselineMeanReward");
});

test("one row is not enough for an interval", () => {
  expect(evaluateServing(rowsOf("serving", [1]), rule)).toBeUndefined();
  expect(evaluateServing([], rule)).toBeUndefined();
});
