import { clusteredCovariance } from "./clusters.ts";
import { clipWeights } from "./estimate.ts";
import {
  type ComparedPolicy,
  doublyRobustContributions,
  type FeedbackPair,
  limitWeights,
  type PairedDifference,
  type PairedInput,
  pairValues,
  weighPair,
} from "./feedback-pair.ts";
import type { ModelledFeedback } from "./logged-feedback.ts";
import { weightedMean } from "./strata.ts";

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

/**
 * The doubly robust form on unchecked arrays, all weights clipped at c alike: how the meta-policy compares challengers. Its standard error
 * is no smaller than the pooled one. @throws invalid_request
 */
export function pairedDifference(input: PairedInput): PairedDifference {
  const { weightClip } = input;
  const pairs = weighPair(input);
  const { foremost: _, ...found } = pairValues(
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
