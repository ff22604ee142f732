import { expect, test } from "vitest";
import type { Arm } from "../domain/decision.ts";
import { armMean, compareArms, compareRecent } from "./compare-arms.ts";

const start = Date.parse("2026-11-25T00:00:00Z");

function series(arm: Arm, decisions: number, means: readonly number[]) {
  return means.map((meanReward, bucket) => ({
    bucketStart: start + bucket * 60_000,
    arm,
    decisions,
    meanReward,
  }));
}

test("the mean weighs each bucket by its decisions", () => {
  const points = [...series("serving", 30, [0.2]), ...series("serving", 10, [0.6])];
  expect(armMean(points, "serving")).toMatchObject({ decisions: 40, buckets: 2 });
  expect(armMean(points, "serving")?.mean).toBeCloseTo(0.3, 12);
});

test("with equal buckets the standard error is that of a mean of bucket means", () => {
  // Bucket means 1, 2, 3, 4: sample variance 5/3, so the error of their mean is √(5/12).
  expect(armMean(series("serving", 7, [1, 2, 3, 4]), "serving")?.standardError).toBeCloseTo(
    Math.sqrt(5 / 12),
    12,
  );
});

test("an arm without decisions has no mean, and one bucket has no error", () => {
  expect(armMean(series("serving", 5, [1, 2]), "canary")).toBeUndefined();
  expect(armMean(series("serving", 5, [1]), "serving")).toEqual({
    mean: 1,
    decisions: 5,
    buckets: 1,
  });
});

test("too few decisions or too few buckets are not compared, and the means that exist are kept", () => {
  const eight = [1, 2, 1, 2, 1, 2, 1, 2];
  const serving = series("serving", 100, eight);
  expect(compareArms([...serving, ...series("baseline", 12, eight)])).not.toHaveProperty(
    "difference",
  );
  expect(compareArms([...serving, ...series("baseline", 13, eight)])).toHaveProperty("difference");
  const fewBuckets = compareArms([...serving, ...series("baseline", 1000, eight.slice(1))]);
  expect(fewBuckets).not.toHaveProperty("difference");
  expect(fewBuckets).toMatchObject({ serving: { mean: 1.5 } });
  expect(compareArms([])).toEqual({ needed: { decisions: 100, buckets: 8 } });
});

test("lift and difference come with intervals of Student's width", () => {
  const serving = series("serving", 100, [1.1, 1.3, 1.1, 1.3, 1.1, 1.3, 1.1, 1.3]);
  const baseline = series("baseline", 100, [1, 1, 1, 1, 1, 1, 1, 1]);
  const comparison = compareArms([...serving, ...baseline]);
  expect(comparison.difference?.value).toBeCloseTo(0.2, 12);
  expect(comparison.lift?.value).toBeCloseTo(0.2, 12);
  // Bucket deviation 0.1: se = 0.1·√(8/7)/√8 = 0.1/√7; the 97.5 % quantile of t at 7 degrees is 2.36462.
  const halfWidth = (2.36462 * 0.1) / Math.sqrt(7);
  expect(comparison.difference?.interval[0]).toBeCloseTo(0.2 - halfWidth, 5);
  expect(comparison.lift?.interval[1]).toBeCloseTo(0.2 + halfWidth, 5);
});

test("against a baseline that earns nothing there is a difference and no percentage", () => {
  const eight = [0, 0, 0, 0, 0, 0, 0, 0];
  const comparison = compareArms([
    ...series(
      "serving",
      50,
      eight.map(() => 0.5),
    ),
    ...series("baseline", 50, eight),
  ]);
  expect(comparison).toMatchObject({ difference: { value: 0.5 } });
  expect(comparison).not.toHaveProperty("lift");
});

test("the comparison takes the newest quarter where that is steady, and all of it where nothing is", () => {
  // Level 1 for 36 minutes, then 2 and 3 in turns for 12.
  const means = Array.from({ length: 48 }, (_, bucket) => (bucket < 36 ? 1 : 2 + (bucket % 2)));
  const flat = means.map(() => 1);
  const compare = (baselineDecisions: number) =>
    compareRecent(
      [...series("serving", 40, means), ...series("baseline", baselineDecisions, flat)],
      60,
    );
  const plenty = compare(40);
  expect(plenty?.seconds).toBe(12 * 60);
  expect(plenty).toMatchObject({ serving: { mean: 2.5, buckets: 12 } });
  expect(compare(20)?.seconds).toBe(24 * 60);
  expect(compare(5)).toMatchObject({ seconds: 48 * 60, difference: { value: expect.any(Number) } });
  expect(compare(1)).toMatchObject({ from: start });
  expect(compare(1)).not.toHaveProperty("difference");
  expect(compareRecent([], 60)).toBeUndefined();
});
