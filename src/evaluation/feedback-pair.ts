import { numberClusters } from "./clusters.ts";
import { type LoggedFeedback, type ModelledFeedback, weighFeedback } from "./logged-feedback.ts";
import {
  evenWeights,
  leftOutChanges,
  type RowWeights,
  weightedMean,
  weightedStandardError,
} from "./strata.ts";

/** A policy's arrays under the reward model that is shared by all that are compared. */
export interface ComparedPolicy {
  /** π(a|s) of the logged action. */
  readonly targetProbabilities: Float64Array;
  /** Σ_a π(a|s)·Q̄(s, a). */
  readonly directValues: Float64Array;
}

export interface PairedInput {
  readonly feedback: LoggedFeedback;
  /** Q̄(s, a) of the logged action. */
  readonly predictions: Float64Array;
  readonly serving: ComparedPolicy;
  readonly candidate: ComparedPolicy;
  /** c ≥ 0, finite for the gate. */
  readonly weightClip: number;
  /** Of rows that several policies made; default: all count alike. */
  readonly rowWeights?: RowWeights;
}

export interface PairedDifference {
  /** Mean of X_j − X_0 over the weighted rows, reward units a row. */
  readonly difference: number;
  /** Users as clusters; infinite for fewer than two. */
  readonly standardError: number;
  /**
   * Part of the standard error from the common part of a user's rows: other rows of the same users
   * have it too.
   */
  readonly sharedError: number;
  /** difference / standardError; 0 if nothing varies, which is no evidence. */
  readonly z: number;
  /** Mean of X_0. */
  readonly servingValue: number;
}

/** With the number of the user who adds most to it: the difference of all others is smaller than without any other user. */
export interface MeasuredDifference extends PairedDifference {
  readonly foremost: number;
}

/** Both policies on the same checked rows. */
export interface FeedbackPair {
  readonly serving: ModelledFeedback;
  readonly candidate: ModelledFeedback;
  readonly rowWeights: RowWeights;
}

/** @throws invalid_request, see weighFeedback */
export function weighPair({
  feedback,
  predictions,
  serving,
  candidate,
  rowWeights = evenWeights(predictions.length),
}: PairedInput): FeedbackPair {
  return {
    rowWeights,
    serving: weighFeedback(feedback, { ...serving, predictions }, "serving"),
    candidate: weighFeedback(feedback, { ...candidate, predictions }, "candidate"),
  };
}

const indexOfLargest = (values: Float64Array): number =>
  values.reduce((best, value, index) => (value > values[best]! ? index : best), 0);

/** The mean difference of both policies' values by row, with its errors. */
export function pairValues(
  candidateValues: Float64Array,
  servingValues: Float64Array,
  { serving, rowWeights }: FeedbackPair,
): MeasuredDifference {
  const differences = candidateValues.map((value, row) => value - servingValues[row]!);
  const { difference: weights } = rowWeights;
  const difference = weightedMean(differences, weights);
  const centre = { mean: difference, weights };
  const standardError = weightedStandardError(differences, centre, serving.clusters);
  const rows = numberClusters(differences.length);
  const ofRows = weightedStandardError(differences, centre, rows);
  const sharedError = Math.sqrt(Math.max(0, standardError ** 2 - ofRows ** 2));
  const z = standardError === 0 ? 0 : difference / standardError;
  const servingValue = weightedMean(servingValues, rowWeights.serving);
  const foremost = indexOfLargest(leftOutChanges(differences, centre, serving.clusters));
  return { difference, standardError, sharedError, z, servingValue, foremost };
}

/**
 * min(w, max(c, w₀)) of the candidate. The serving policy's own weight w₀ = π₀/p is never clipped: beyond 1 only where another policy
 * made the row, and a part of its value that nobody counts would be a candidate's gain.
 */
export const limitWeights = (
  { serving, candidate }: FeedbackPair,
  weightClip: number,
): Float64Array =>
  candidate.importanceWeights.map((weight, row) =>
    Math.min(weight, Math.max(weightClip, serving.importanceWeights[row]!)),
  );

/** X_i = Σ_a π(a|x_i)·q̂(x_i, a) + w_i·(r_i − q̂(x_i, a_i)). */
export function doublyRobustContributions(
  { rewards, directValues, predictions }: ModelledFeedback,
  weights: Float64Array,
): Float64Array {
  return weights.map(
    (weight, row) => directValues[row]! + weight * (rewards[row]! - predictions[row]!),
  );
}

/**
 * X_ji = Σ_a π_j(a|s_i)·Q̄(s_i, a) + w_ji·(r_i − Q̄(s_i, a_i)) for candidate j, its weight within the limit, and serving policy 0.
 * Common parts of both policies (the user, the luck of the draw, the model's error) cancel row by row.
 */
export const doublyRobustDifference = (
  pairs: FeedbackPair,
  weightClip: number,
): MeasuredDifference =>
  pairValues(
    doublyRobustContributions(pairs.candidate, limitWeights(pairs, weightClip)),
    doublyRobustContributions(pairs.serving, pairs.serving.importanceWeights),
    pairs,
  );
