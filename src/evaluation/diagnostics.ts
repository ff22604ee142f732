import { meanOf, normalQuantile } from "../numeric/statistics.ts";
import { type AllowedRange, checkLength, checkNumber } from "./checks.ts";
import { clusteredStandardError } from "./clusters.ts";
import type { WeightedFeedback } from "./logged-feedback.ts";

/** Support of a target policy by the log. All numbers come from the unclipped weights. */
export interface WeightDiagnostics {
  readonly rows: number;
  readonly clusters: number;
  /** Rows whose action the target gives any probability. */
  readonly supportedRows: number;
  /** (Σw)²/Σw², in [1, n]; 0 without support. Kish 1965. */
  readonly effectiveSampleSize: number;
  /** The same over n. */
  readonly effectiveSampleShare: number;
  readonly largestWeight: number;
  /** 1 in expectation: a mean far from it indicates wrong propensities or missing support. */
  readonly meanWeight: number;
  readonly meanWeightStandardError: number;
  /** Share of Σw that the clip cuts off, in [0, 1]. */
  readonly clippedShare: number;
}

/**
 * Diagnostics of importance weights w = π/p, one a row.
 *
 * @param weightClip c ≥ 0 of `clippedShare`; default: no clip
 *
 * @example
 * import { diagnoseWeights, weighFeedback } from "recurve/evaluation";
 *
 * const log = { rewards: Float64Array.of(1, 0), propensities: Float64Array.of(0.5, 0.25) };
 * const weighted = weighFeedback(log, { targetProbabilities: Float64Array.of(0.5, 0.75) });
 * console.log(diagnoseWeights(weighted).effectiveSampleSize); // 1.6
 */
export function diagnoseWeights(
  { importanceWeights, clusters }: WeightedFeedback,
  weightClip: number = Number.POSITIVE_INFINITY,
): WeightDiagnostics {
  const rows = importanceWeights.length;
  let sum = 0;
  let squares = 0;
  let clipped = 0;
  let largestWeight = 0;
  let supportedRows = 0;
  // A counted loop: an iterator takes five times as long.
  for (let row = 0; row < rows; row++) {
    const weight = importanceWeights[row]!;
    sum += weight;
    squares += weight * weight;
    if (weight > weightClip) clipped += weight - weightClip;
    if (weight > largestWeight) largestWeight = weight;
    if (weight > 0) supportedRows++;
  }
  // Rounding can lift n equal weights above n by an ulp.
  const effectiveSampleSize = supportedRows === 0 ? 0 : Math.min(rows, (sum * sum) / squares);
  const meanWeight = meanOf(importanceWeights);
  return {
    rows,
    clusters: clusters.count,
    supportedRows,
    effectiveSampleSize,
    effectiveSampleShare: effectiveSampleSize / rows,
    largestWeight,
    meanWeight,
    meanWeightStandardError: clusteredStandardError(importanceWeights, meanWeight, clusters),
    clippedShare: supportedRows === 0 ? 0 : clipped / sum,
  };
}

const someRows: AllowedRange = {
  low: 1,
  high: Number.POSITIVE_INFINITY,
  expected: "at least 1",
  remedy: "pass the policies of the log's rows",
};

/**
 * Mean probability that the target puts on actions that the log almost never holds, in [0, 1]: no
 * estimator sees them.
 * @param targets π(·|x) of each row over its candidates
 * @param propensities p(·|x), same shapes
 * @param minimumPropensity what a log holds less often, it almost never holds
 * @throws invalid_request without a row, or if the shapes differ
 *
 * @example
 * import { unsupportedMass } from "recurve/evaluation";
 *
 * const targets = [Float64Array.of(0.25, 0.75)];
 * console.log(unsupportedMass(targets, [Float64Array.of(0.001, 0.999)], 0.005)); // 0.25
 */
export function unsupportedMass(
  targets: readonly Float64Array[],
  propensities: readonly Float64Array[],
  minimumPropensity: number,
): number {
  checkNumber("targets.length", targets.length, someRows);
  checkLength("propensities", propensities.length, targets.length, "targets");
  let mass = 0;
  for (const [row, target] of targets.entries()) {
    const logged = propensities[row]!;
    checkLength(`propensities[${row}]`, logged.length, target.length, "candidates");
    for (const [action, probability] of target.entries())
      if (logged[action]! < minimumPropensity) mass += probability;
  }
  return mass / targets.length;
}

/**
 * (z_0.95 + z_0.80)·s.e.: the true difference that a one-sided test at 5 % finds with power 80 %. Cohen 1988.
 *
 * @example
 * import { minimalDetectableDifference } from "recurve/evaluation";
 *
 * console.log(minimalDetectableDifference(0.01).toFixed(4)); // 0.0249
 */
export function minimalDetectableDifference(standardError: number): number {
  return (normalQuantile(0.95) + normalQuantile(0.8)) * standardError;
}

/**
 * That difference as a share of the present value: 0.1 is a lift of 10 %. Infinite if the value is
 * 0.
 * @param value policy value that the lift starts from, in reward units a row
 */
export const minimalDetectableLift = (standardError: number, value: number): number =>
  value === 0
    ? Number.POSITIVE_INFINITY
    : minimalDetectableDifference(standardError) / Math.abs(value);

/**
 * (mean w − 1)/s.e.: beyond ±3 the propensities are wrong or support is missing. 0 if the log can't
 * tell. A mean that is off without any spread is infinitely so.
 */
export function meanWeightZ({
  meanWeight,
  meanWeightStandardError,
}: Pick<WeightDiagnostics, "meanWeight" | "meanWeightStandardError">): number {
  const distance = meanWeight - 1;
  return distance === 0 ? 0 : distance / meanWeightStandardError;
}
