import { expect, test } from "vitest";
import { clickRule } from "../../tests/support/policy.ts";
import { evaluateServing } from "./evaluate-serving.ts";

const rule = { ...clickRule, minimum: -1, maximum: 3, defaultReward: 0 };
/** Rewards, each of a user of its own. */
const earn = (...rewards: readonly number[]) => ({ rewards, users: [...rewards.keys()] });

test("the serving policy's reward is the mean over its rows in reward units, by hand", () => {
  const evaluation = evaluateServing(
    { serving: earn(0, 0, 1, 3), baseline: earn(1, 0), canary: earn(3) },
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
  expect(evaluateServing({ serving: earn(1, 1) }, rule)).not.toHaveProperty("baselineMeanReward");
});

test("rows of one user count as one: the interval is that of the users' means", () => {
  const serving = earn(0, 1, 1, 2);
  const thrice = <T>(values: readonly T[]) => values.flatMap((value) => [value, value, value]);
  const tripled = { rewards: thrice(serving.rewards), users: thrice(serving.users) };
  const interval = evaluateServing({ serving }, rule)?.interval ?? [];
  expect(evaluateServing({ serving: tripled }, rule)?.interval).toEqual(
    interval.map((end) => expect.closeTo(end, 12)),
  );
});

test("one user is not enough for an interval", () => {
  const one = { rewards: [1, 1], users: [7, 7] };
  expect(evaluateServing({ serving: one }, rule)).toBeUndefined();
  expect(evaluateServing({ serving: earn(1) }, rule)).toBeUndefined();
  expect(evaluateServing({ baseline: earn(1, 2) }, rule)).toBeUndefined();
});
