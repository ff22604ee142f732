import { clusteredCovariance, numberClusters } from "./clusters.ts";
import { clipWeights } from "./estimate.ts";
import { type LoggedFeedback, type ModelledFeedback, weighFeedback } from "./logged-feedback.ts";
import { lossBeyond } from "./loss-beyond.ts";
import { evenWeights, type RowWeights, weightedMean, weightedStandardError } from "./strata.ts";

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

function pair(
  candidateValues: Float64Array,
  servingValues: Float64Array,
  { serving, rowWeights }: FeedbackPair,
): PairedDifference {
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
  return { difference, standardError, sharedError, z, servingValue };
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
function doublyRobustContributions(
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
export const doublyRobustDifference = (pairs: FeedbackPair, weightClip: number): PairedDifference =>
  pair(
    doublyRobustContributions(pairs.candidate, limitWeights(pairs, weightClip)),
    doublyRobustContributions(pairs.serving, pairs.serving.importanceWeights),
    pairs,
  );

const clippedContributions = (feedback: ModelledFeedback, weightClip: number) =>
  doublyRobustContributions(feedback, clipWeights(feedback.importanceWeights, weightClip));

/** X_ji − X_0i. */
function differencesByRow({ serving, candidate }: FeedbackPair, weightClip: number): Float64Array {
  const servingValues = clippedContributions(serving, weightClip);
  return clippedContributions(candidate, weightClip).map(
    (value, row) => value - servingValues[row]!,
  );
}

/**
 * Standard error of the difference if every row's residual r − Q̄ had the spread of all rows together:
 * √(Var(r − Q̄)·Σ ω²(w − w₀)²)/Σ ω. The few rows on which the policies differ may show none of the rare
 * rewards or losses of the others, and then have no spread of their own.
 */
export function pooledError(pairs: FeedbackPair, weightClip: number): number {
  const { serving, rowWeights } = pairs;
  const { difference: weights } = rowWeights;
  const squares = limitWeights(pairs, weightClip).reduce(
    (sum, weight, row) => sum + (weights[row]! * (weight - serving.importanceWeights[row]!)) ** 2,
    0,
  );
  const residuals = serving.rewards.map((reward, row) => reward - serving.predictions[row]!);
  const centre = weightedMean(residuals, weights);
  const variance = weightedMean(
    residuals.map((residual) => (residual - centre) ** 2),
    weights,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Math.sqrt(variance * squares) / total;
}

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
): PairedDifference {
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
  const found = pair(values, servingValues, pairs);
  const beyond = 1 - weightedMean(checked.mass, pairs.rowWeights.difference);
  return widen(found, beyond * error);
}

/** Adds an independent error. */
function widen(found: PairedDifference, error: number): PairedDifference {
  const standardError = Math.hypot(found.standardError, error);
  return { ...found, standardError, z: standardError === 0 ? 0 : found.difference / standardError };
}

/**
 * The doubly robust form on unchecked arrays, all weights clipped at c alike: how the meta-policy compares challengers. Its standard error
 * is no smaller than the pooled one. @throws invalid_request
 */
export function pairedDifference(input: PairedInput): PairedDifference {
  const { weightClip } = input;
  const pairs = weighPair(input);
  const found = pair(
    clippedContributions(pairs.candidate, weightClip),
    clippedContributions(pairs.serving, weightClip),
    pairs,
  );
  const standardError = Math.max(found.standardError, pooledError(pairs, weightClip));
  return {
    ...found,
    standardError,
    z: standardError === 0 ? 0 : found.difference / standardError,
  };
}

/** Scales errors to at least the given ones. Correlations stay: candidates that choose alike miss the same rewards. */
function raiseErrors(covariance: Float64Array, least: readonly number[]): Float64Array {
  const size = least.length;
  const factors = least.map((error, j) => {
    const variance = covariance[j * (size + 1)]!;
    return variance > 0 ? Math.max(1, error / Math.sqrt(variance)) : 1;
  });
  return covariance.map(
    (value, cell) => value * factors[Math.floor(cell / size)]! * factors[cell % size]!,
  );
}

/**
 * Covariance of the errors of several candidates' paired differences on the same rows, each no smaller than its pooled error.
 * @returns row-major, squared reward units; infinite for fewer than two users
 * @throws invalid_request
 */
export function differenceCovariance({
  candidates,
  ...input
}: Omit<PairedInput, "candidate"> & {
  readonly candidates: readonly ComparedPolicy[];
}): Float64Array {
  const pairs = candidates.map((candidate) => weighPair({ ...input, candidate }));
  const columns = pairs.map((one) => differencesByRow(one, input.weightClip));
  const covariance = clusteredCovariance(
    columns,
    pairs[0]?.serving.clusters ?? { index: new Int32Array(), count: 0 },
  );
  const least = pairs.map((one) => pooledError(one, input.weightClip));
  return raiseErrors(covariance, least);
}
