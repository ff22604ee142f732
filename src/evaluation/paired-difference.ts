import { mean } from "../numeric/statistics.ts";
import { clusteredStandardError } from "./clusters.ts";
import { doublyRobustContributions } from "./doubly-robust.ts";
import { clipWeights } from "./estimate.ts";
import { type LoggedFeedback, type ModelledFeedback, weighFeedback } from "./logged-feedback.ts";

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
}

export interface PairedDifference {
  /** Mean of X_j − X_0, reward units a row. */
  readonly difference: number;
  /** Users as clusters; infinite for fewer than two. */
  readonly standardError: number;
  /** difference / standardError; 0 where nothing varies, which is no evidence. */
  readonly z: number;
  /** Mean of X_0. */
  readonly servingValue: number;
}

/** Both policies on the same checked rows. */
export interface FeedbackPair {
  readonly serving: ModelledFeedback;
  readonly candidate: ModelledFeedback;
}

/** @throws invalid_request, see weighFeedback */
export function weighPair({
  feedback,
  predictions,
  serving,
  candidate,
}: PairedInput): FeedbackPair {
  return {
    serving: weighFeedback(feedback, { ...serving, predictions }, "serving"),
    candidate: weighFeedback(feedback, { ...candidate, predictions }, "candidate"),
  };
}

function pair(
  candidateValues: Float64Array,
  servingValues: Float64Array,
  { serving }: FeedbackPair,
): PairedDifference {
  const differences = candidateValues.map((value, row) => value - servingValues[row]!);
  const difference = mean(differences);
  const standardError = clusteredStandardError(differences, difference, serving.clusters);
  const z = standardError === 0 ? 0 : difference / standardError;
  return { difference, standardError, z, servingValue: mean(servingValues) };
}

/**
 * X_ji = Σ_a π_j(a|s_i)·Q̄(s_i, a) + min(π_j(a_i|s_i)/p_i, c)·(r_i − Q̄(s_i, a_i)) for candidate j and serving policy 0.
 * What both policies share (the user, the luck of the draw, the model's error) cancels row by row.
 */
export function doublyRobustDifference(pairs: FeedbackPair, weightClip: number): PairedDifference {
  const values = (feedback: ModelledFeedback) =>
    doublyRobustContributions(feedback, clipWeights(feedback.importanceWeights, weightClip));
  return pair(values(pairs.candidate), values(pairs.serving), pairs);
}

/**
 * X_ji = min(π_j/p, c)·r_i for the candidate, X_0i = (π_0/p)·r_i for the serving policy: clipping the latter too would raise
 * the difference. For r ≥ 0 and a log that supports the serving policy the expectation is at most the true difference.
 */
export function inversePropensityDifference(
  pairs: FeedbackPair,
  weightClip: number,
): PairedDifference {
  const { rewards } = pairs.serving;
  const values = (weights: Float64Array) => weights.map((weight, row) => weight * rewards[row]!);
  const candidate = clipWeights(pairs.candidate.importanceWeights, weightClip);
  return pair(values(candidate), values(pairs.serving.importanceWeights), pairs);
}

/** The doubly robust form on unchecked arrays: how the meta-policy compares challengers. @throws invalid_request */
export function pairedDifference(input: PairedInput): PairedDifference {
  return doublyRobustDifference(weighPair(input), input.weightClip);
}
