import { expect, test } from "vitest";
import { sampleRow } from "../../../tests/support/feedback.ts";
import { clickRule, sampleViews } from "../../../tests/support/policy.ts";
import type { Arm } from "../../domain/decision.ts";
import { evaluateServing } from "./evaluate-serving.ts";

const views = sampleViews(2);
const rule = { ...clickRule, minimum: -1, maximum: 3, defaultReward: 0 };
/** Rewards in reward units, as rows hold them, each of a user of its own. */
const rowsOf = (arm: Arm, rewards: readonly number[]) =>
  rewards.map((reward, user) => sampleRow(views, { arm, user, reward: (reward + 1) / 4 }));

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

test("rows of one user count as one: the interval is that of the users' means", () => {
  const users = rowsOf("serving", [0, 1, 1, 2]);
  const tripled = users.flatMap((row) => [row, row, row]);
  const interval = evaluateServing(users, rule)?.interval ?? [];
  expect(evaluateServing(tripled, rule)?.interval).toEqual(
    interval.map((end) => expect.closeTo(end, 12)),
  );
});

test("one user is not enough for an interval", () => {
  const [row] = rowsOf("serving", [1]);
  expect(evaluateServing([row!, row!], rule)).toBeUndefined();
  expect(evaluateServing(rowsOf("serving", [1]), rule)).toBeUndefined();
  expect(evaluateServing([], rule)).toBeUndefined();
});
