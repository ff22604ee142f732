import {
  doublyRobustContributions,
  type FeedbackPair,
  limitWeights,
  type MeasuredDifference,
  pairValues,
} from "./feedback-pair.ts";
import { lossBeyond } from "./loss-beyond.ts";
import { weightedMean } from "./strata.ts";

/** A candidate's mass within the limit L = max(c·p, π₀), p being the policy that made the row. */
export interface CheckedPart {
  /**
   * m = Σ_a min(π(a|s), L(a)), in [0, 1]; if p is known of the choice only, min(π, L)/p, whose
   * expectation that is.
   */
  readonly mass: Float64Array;
  /** Σ_a min(π(a|s), L(a))·Q̄(s, a), or min(π, L)/p·Q̄ of the choice. */
  readonly values: Float64Array;
  /** Weights of the uniform choice, 1/(K·p) for the K candidates of a row's position. */
  readonly uniformWeights: Float64Array;
  /** Place of each row in its slate; absent if all are at the top. */
  readonly positions?: Int32Array;
}

/** Weighted mean of the values at a row's position, by row. */
function meanByPosition(
  values: Float64Array,
  weights: Float64Array,
  positions: Int32Array | undefined,
): Float64Array {
  if (positions === undefined)
    return new Float64Array(values.length).fill(weightedMean(values, weights));
  const [sums, totals]: [number[], number[]] = [[], []];
  for (const [row, position] of positions.entries()) {
    sums[position] = (sums[position] ?? 0) + weights[row]! * values[row]!;
    totals[position] = (totals[position] ?? 0) + weights[row]!;
  }
  return Float64Array.from(positions, (position) => sums[position]! / totals[position]!);
}

/**
 * The doubly robust form in which the mass beyond the clip earns what the log can vouch for, and at most the serving policy's value. The
 * model's prediction has no part in it: items that the serving policy hardly shows tend to be worse. The expectation is
 * Σ_a (min(π, L) − π_0)·(q − V_0) less the loss beyond the limit, for any model. Few rows tell that loss: its error is part of the standard error.
 */
export function censoredDifference(
  pairs: FeedbackPair,
  checked: CheckedPart,
  weightClip: number,
): MeasuredDifference {
  const { serving, candidate } = pairs;
  const servingValues = doublyRobustContributions(serving, serving.importanceWeights);
  // By position: what can be checked falls with it, and so does the reward.
  const residuals = meanByPosition(
    servingValues.map((value, row) => value - serving.directValues[row]!),
    pairs.rowWeights.serving,
    checked.positions,
  );
  const usual = meanByPosition(servingValues, pairs.rowWeights.serving, checked.positions);
  const weights = limitWeights(pairs, weightClip);
  const { loss, error } = lossBeyond(pairs, {
    deviations: serving.rewards.map((reward, row) => reward - usual[row]!),
    beyond: candidate.importanceWeights.map((weight, row) => weight - weights[row]!),
    uniform: checked.uniformWeights,
  });
  const checkedValues = doublyRobustContributions(
    { ...candidate, directValues: checked.values },
    weights,
  );
  const values = checkedValues.map(
    (value, row) =>
      value + (1 - checked.mass[row]!) * (serving.directValues[row]! + residuals[row]! - loss),
  );
  const found = pairValues(values, servingValues, pairs);
  const beyond = 1 - weightedMean(checked.mass, pairs.rowWeights.difference);
  return widen(found, beyond * error);
}

/** Adds an independent error. */
function widen(found: MeasuredDifference, error: number): MeasuredDifference {
  const standardError = Math.hypot(found.standardError, error);
  return { ...found, standardError, z: standardError === 0 ? 0 : found.difference / standardError };
}
