import { expect, test } from "vitest";
import { numberClusters } from "./clusters.ts";
import {
  diagnoseWeights,
  meanWeightZ,
  minimalDetectableDifference,
  minimalDetectableLift,
  unsupportedMass,
} from "./diagnostics.ts";

const diagnose = (weights: readonly number[], weightClip?: number) =>
  diagnoseWeights(
    {
      rewards: new Float64Array(weights.length),
      importanceWeights: Float64Array.from(weights),
      clusters: numberClusters(weights.length),
    },
    weightClip,
  );

test("equal weights are worth every row", () => {
  expect(diagnose([1, 1, 1, 1])).toEqual({
    rows: 4,
    clusters: 4,
    supportedRows: 4,
    effectiveSampleSize: 4,
    effectiveSampleShare: 1,
    largestWeight: 1,
    meanWeight: 1,
    meanWeightStandardError: 0,
    clippedShare: 0,
  });
});

test("rounding never lifts the effective sample size above n", () => {
  // (Σw)²/Σw² in float64 is 3.0000000000000004.
  expect(diagnose([0.1, 0.1, 0.1]).effectiveSampleSize).toBe(3);
});

test("unequal weights are worth (Σw)²/Σw² rows, and the clip's loss is a share of Σw", () => {
  const diagnostics = diagnose([0, 1, 2, 5], 3);
  expect(diagnostics.supportedRows).toBe(3);
  expect(diagnostics.effectiveSampleSize).toBeCloseTo(64 / 30, 14);
  expect(diagnostics.effectiveSampleShare).toBeCloseTo(64 / 120, 14);
  expect(diagnostics.largestWeight).toBe(5);
  expect(diagnostics.meanWeight).toBe(2);
  // Σ(w − 2)² = 4 + 1 + 0 + 9
  expect(diagnostics.meanWeightStandardError).toBeCloseTo(Math.sqrt(14 / 3 / 4), 14);
  expect(diagnostics.clippedShare).toBe(2 / 8);
});

test("a log without support is worth no row, and nothing is NaN", () => {
  const diagnostics = diagnose([0, 0]);
  expect(diagnostics).toMatchObject({
    supportedRows: 0,
    effectiveSampleSize: 0,
    effectiveSampleShare: 0,
    meanWeight: 0,
    clippedShare: 0,
  });
});

test("unsupported mass is the target's probability on actions that were as good as never logged", () => {
  const targets = [Float64Array.of(0.5, 0.3, 0.2), Float64Array.of(0.9, 0.1)];
  const propensities = [Float64Array.of(0.99, 0.001, 0.009), Float64Array.of(0.4, 0.6)];
  expect(unsupportedMass(targets, propensities, 0.005)).toBeCloseTo(0.15, 15);
  expect(unsupportedMass(targets, propensities, 0.5)).toBeCloseTo((0.5 + 0.9) / 2, 15);
  expect(unsupportedMass(targets, propensities, 0)).toBe(0);
});

test.each([
  ["no row", [], [], "targets.length must be at least 1, got 0"],
  ["a row less", [[1]], [], "propensities must have one entry for each of the 1 targets, got 0"],
  ["a candidate less", [[0, 1]], [[1]], "propensities[0] must have one entry for each of the 2"],
])("the mass without support of %s is refused", (_, targets, propensities, message) => {
  const rows = (all: readonly (readonly number[])[]) => all.map((row) => Float64Array.from(row));
  expect(() => unsupportedMass(rows(targets), rows(propensities), 0.1)).toThrow(message);
});

test("the smallest detectable difference is 2.4865 standard errors", () => {
  expect(minimalDetectableDifference(2)).toBeCloseTo(
    2 * (1.6448536269514722 + 0.8416212335729142),
    12,
  );
});

test("the smallest detectable lift is that difference as a share of the value, and infinite for a value of 0", () => {
  expect(minimalDetectableLift(0.1, -2)).toBeCloseTo(minimalDetectableDifference(0.1) / 2, 15);
  expect(minimalDetectableLift(0.1, 0)).toBe(Number.POSITIVE_INFINITY);
});

test("the mean weight's distance from 1 is counted in standard errors", () => {
  expect(meanWeightZ({ meanWeight: 1.5, meanWeightStandardError: 0.25 })).toBe(2);
  expect(meanWeightZ({ meanWeight: 1, meanWeightStandardError: 0 })).toBe(0);
  expect(meanWeightZ({ meanWeight: 0, meanWeightStandardError: 0 })).toBe(Number.NEGATIVE_INFINITY);
  expect(Math.abs(meanWeightZ({ meanWeight: 5, meanWeightStandardError: Infinity }))).toBe(0);
});
