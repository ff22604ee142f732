import { describe, expect, test } from "vitest";
import type { ServingEvaluation } from "../domain/cycle-record.ts";
import { createRandom } from "../numeric/random.ts";
import { findFall, findUntold } from "./collapse.ts";

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
  const unknown = { cycle: 5, evaluation: undefined };
  const earlier = [unknown, cycleOf(4, 0.3), cycleOf(3, 0.4), cycleOf(2, 0.35)];
  const fallTo = (now: number, defaultReward = 0, before: typeof earlier = earlier) =>
    findFall(evaluated(now), before, defaultReward);

  test("is below half of an earlier cycle, by the ends of both intervals", () => {
    expect(fallTo(0.1)).toBe(earlier[1]);
    expect(fallTo(0.16)).toBe(earlier[2]);
    expect(fallTo(0.175)).toBeUndefined();
    expect(fallTo(0.1, 0, [unknown])).toBeUndefined();
  });

  test("is measured from the reward of no event", () => {
    expect(fallTo(0.1, -1)).toBeUndefined();
    expect(fallTo(0.3, 0.27, [cycleOf(4, 0.5)])).toMatchObject({ cycle: 4 });
    expect(fallTo(-0.5, 0, [cycleOf(4, -0.1)])).toBeUndefined();
  });

  test("needs 30 rewards: before, a stream of events broke off", () => {
    expect(fallTo(0.031)).toBe(earlier[1]);
    expect(fallTo(0.029)).toBeUndefined();
  });
});

describe("predictions that tell nothing", () => {
  /** One row in ten is rewarded, at two positions. */
  const rows = (predict: (isRewarded: boolean, position: number) => number, count = 3000) =>
    Array.from({ length: count }, (_, index) => {
      const position = index % 2;
      const isRewarded = index % 20 < 2;
      return { position, isRewarded, predicted: predict(isRewarded, position) };
    });

  test("are those that tell positions apart, and no rewards", () => {
    expect(findUntold(rows((_, position) => -position))).toBe(0.5);
  });

  test("are those of chance, given enough rewards", () => {
    const random = createRandom(212);
    const luck = () => random.uniform();
    // The standard error is 0.009 with 1,200 rewards, and 0.055 with 30.
    expect(Math.abs(findUntold(rows(luck, 12_000))! - 0.5)).toBeLessThan(0.03);
    expect(findUntold(rows(luck, 300))).toBeUndefined();
  });

  test("are not those of a model that still knows, though events are lost", () => {
    const random = createRandom(213);
    const known = (isRewarded: boolean) => (isRewarded ? 0.3 : 0) + random.uniform();
    const lost = rows(known).map((row, index) =>
      index % 3 === 0 ? row : { ...row, isRewarded: false },
    );
    expect(findUntold(lost)).toBeUndefined();
  });

  test("need rows of both kinds", () => {
    expect(findUntold([])).toBeUndefined();
    expect(findUntold(rows(() => 1).filter(({ isRewarded }) => isRewarded))).toBeUndefined();
  });
});
