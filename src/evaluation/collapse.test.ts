import { describe, expect, test } from "vitest";
import type { ServingEvaluation } from "../domain/cycle-record.ts";
import { findFall, isForgotten } from "./collapse.ts";

const evaluated = (meanReward: number): ServingEvaluation => ({
  rows: 1000,
  meanReward,
  interval: [meanReward - 0.02, meanReward + 0.02],
  successRate: Math.abs(meanReward),
});
const cycleOf = (cycle: number, meanReward: number) => ({
  cycle,
  evaluation: evaluated(meanReward),
});

describe("a fall", () => {
  const earlier = [cycleOf(4, 0.3), cycleOf(3, 0.4), cycleOf(2, 0.35)];
  const fallTo = (now: number, defaultReward = 0, before: typeof earlier = earlier) =>
    findFall(evaluated(now), before, defaultReward);

  test("is below half of an earlier cycle, by the ends of both intervals", () => {
    expect(fallTo(0.1)).toBe(earlier[0]);
    expect(fallTo(0.16)).toBe(earlier[1]);
    expect(fallTo(0.175)).toBeUndefined();
  });

  test("is measured from the reward of no event", () => {
    expect(fallTo(0.1, -1)).toBeUndefined();
    expect(fallTo(0.3, 0.27, [cycleOf(4, 0.5)])).toMatchObject({ cycle: 4 });
    expect(fallTo(-0.5, 0, [cycleOf(4, -0.1)])).toBeUndefined();
  });

  test("needs 30 rewards: before, a stream of events broke off", () => {
    expect(fallTo(0.031)).toBe(earlier[0]);
    expect(fallTo(0.029)).toBeUndefined();
  });
});

test.each([
  [
    "tell nothing any more",
    { auc: 0.48, standardError: 0.02 },
    { auc: 0.68, standardError: 0.01 },
    true,
  ],
  [
    "still tell something",
    { auc: 0.54, standardError: 0.02 },
    { auc: 0.68, standardError: 0.01 },
    false,
  ],
  [
    "never told anything",
    { auc: 0.48, standardError: 0.02 },
    { auc: 0.52, standardError: 0.01 },
    false,
  ],
  ["are too few now", { auc: 0.48 }, { auc: 0.68, standardError: 0.01 }, false],
  ["were too few before", { auc: 0.48, standardError: 0.02 }, { auc: 0.68 }, false],
])("predictions that %s", (_, now, before, expected) => {
  expect(isForgotten(now, before)).toBe(expected);
});
