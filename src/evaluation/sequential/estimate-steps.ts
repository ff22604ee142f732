import { meanOf } from "../../numeric/statistics.ts";
import { type Clusters, clusteredStandardError } from "../clusters.ts";
import type { Estimate, EstimateOptions } from "../estimate.ts";
import { normalInterval } from "../intervals/normal.ts";
import { forEachStep, type Starts } from "./steps.ts";

/** A weighted quantity of each step. */
export interface StepTerm {
  readonly weights: Float64Array;
  readonly values: Float64Array;
  /**
   * By sequence: the weight that it keeps once it has ended, if weights are products over the
   * steps. Otherwise choices that end or continue a sequence would bias the mean weight of those
   * that reach a step.
   */
  readonly lastWeights?: Float64Array;
}

/** Confidence level and normalisation of an estimate over sequences. */
export interface StepOptions extends EstimateOptions {
  /**
   * Divides the weights of each step by their mean: over all sequences if ended ones keep a weight,
   * else over those that reach the step. Default: off.
   */
  readonly selfNormalised?: boolean;
}

export interface StepEstimation extends StepOptions {
  readonly name: string;
  /**
   * The first one has the weights of the rewards, which show whether the log supports the target.
   */
  readonly terms: readonly StepTerm[];
  readonly starts: Starts;
  /** One entry a sequence. */
  readonly clusters: Clusters;
  /** γ; default 1. */
  readonly discount?: number;
}

interface StepSums {
  readonly counts: number[];
  readonly weights: number[];
  readonly products: number[];
}

function sumByStep({ weights, values, lastWeights }: StepTerm, starts: Starts): StepSums {
  const sums: StepSums = { counts: [], weights: [], products: [] };
  forEachStep(starts, (row, _, step) => {
    sums.counts[step] = (sums.counts[step] ?? 0) + 1;
    sums.weights[step] = (sums.weights[step] ?? 0) + weights[row]!;
    sums.products[step] = (sums.products[step] ?? 0) + weights[row]! * values[row]!;
  });
  if (lastWeights === undefined) return sums;
  const ended = new Float64Array(sums.counts.length + 1);
  for (const [sequence, weight] of lastWeights.entries())
    ended[lengthOf(starts, sequence)]! += weight;
  let kept = 0;
  return {
    ...sums,
    counts: sums.counts.map(() => lastWeights.length),
    weights: sums.weights.map((sum, step) => {
      kept += ended[step]!;
      return sum + kept;
    }),
  };
}

const lengthOf = (starts: Starts, sequence: number): number =>
  starts[sequence + 1]! - starts[sequence]!;

interface Totals {
  readonly contributions: Float64Array;
  /** Contributions linearised about the ratios of the steps: their spread is that of the value. */
  readonly influences: Float64Array;
}

function addTerm(totals: Totals, term: StepTerm, { starts, discount = 1 }: StepEstimation): void {
  forEachStep(starts, (row, sequence, step) => {
    const product = term.weights[row]! * discount ** step * term.values[row]!;
    totals.contributions[sequence]! += product;
    totals.influences[sequence]! += product;
  });
}

function addNormalisedTerm(
  totals: Totals,
  term: StepTerm,
  { estimation, sums }: { readonly estimation: StepEstimation; readonly sums: StepSums },
): void {
  const { starts, discount = 1 } = estimation;
  const scales = sums.counts.map((count, step) => count / sums.weights[step]!);
  const ratios = sums.products.map((sum, step) => (discount ** step * sum) / sums.weights[step]!);
  forEachStep(starts, (row, sequence, step) => {
    const [scaled, ratio] = [term.weights[row]! * scales[step]!, ratios[step]!];
    const value = discount ** step * term.values[row]!;
    totals.contributions[sequence]! += scaled * value;
    totals.influences[sequence]! += scaled * (value - ratio) + ratio;
  });
  const { lastWeights } = term;
  if (lastWeights === undefined) return;
  // Of the steps after its end, if its value there is 0.
  const later = sumFrom(ratios);
  const scaledLater = sumFrom(ratios.map((ratio, step) => ratio * scales[step]!));
  for (const [sequence, weight] of lastWeights.entries()) {
    const end = lengthOf(starts, sequence);
    totals.influences[sequence]! += later[end]! - weight * scaledLater[end]!;
  }
}

/** Σ_{t ≥ step} of each step, and 0 after the last one. */
function sumFrom(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let step = values.length - 1; step >= 0; step--)
    sums[step] = sums[step + 1]! + values[step]!;
  return sums;
}

/** Number of clusters that have a row with weight. */
function countSupported({ terms, starts, clusters }: StepEstimation): number {
  const supported = new Set<number>();
  forEachStep(starts, (row, sequence) => {
    if (terms[0]!.weights[row]! > 0) supported.add(clusters.index[sequence]!);
  });
  return supported.size;
}

/**
 * V̂ = (1/n) Σ_i Σ_t γ^t Σ_terms ω_it·y_it with ω = w, or w_it·m/Σ_j w_jt over the m sequences that
 * have a weight at step t: all, or those that reach it. Standard error over sequences, clusters
 * together; self-normalised by the delta method on the ratio of each step and term. Infinite if
 * fewer than two clusters (self-normalised: with weight), or none with weight, are observed.
 * @returns undefined if a self-normalised step has no weight: 0/0, the log does not support the
 * target
 */
export function estimateSteps(estimation: StepEstimation): Estimate | undefined {
  const { name, terms, starts, clusters, level = 0.95, selfNormalised = false } = estimation;
  const rows = starts.length - 1;
  const totals = { contributions: new Float64Array(rows), influences: new Float64Array(rows) };
  for (const term of terms) {
    if (!selfNormalised) {
      addTerm(totals, term, estimation);
      continue;
    }
    const sums = sumByStep(term, starts);
    if (sums.weights.some((sum) => sum === 0)) return undefined;
    addNormalisedTerm(totals, term, { estimation, sums });
  }
  const { contributions, influences } = totals;
  const value = meanOf(contributions);
  const standardError =
    countSupported(estimation) < (selfNormalised ? 2 : 1)
      ? Number.POSITIVE_INFINITY
      : clusteredStandardError(influences, value, clusters);
  const interval = normalInterval({ value, standardError, level });
  return { estimator: name, value, standardError, interval, rows, contributions };
}
