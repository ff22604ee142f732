import { mean } from "../../numeric/statistics.ts";
import { type Clusters, clusteredStandardError } from "../clusters.ts";
import type { Estimate, EstimateOptions } from "../estimate.ts";
import { normalInterval } from "../intervals/normal.ts";
import { forEachStep, type Starts } from "./steps.ts";

/** A weighted quantity of each step. */
export interface StepTerm {
  readonly weights: Float64Array;
  readonly values: Float64Array;
}

export interface StepOptions extends EstimateOptions {
  /** Divides the weights of each step by their mean over the sequences that reach it; off where absent. */
  readonly selfNormalised?: boolean;
}

export interface StepEstimation extends StepOptions {
  readonly name: string;
  /** The first one has the weights of the rewards, which tell whether the log supports the target. */
  readonly terms: readonly StepTerm[];
  readonly starts: Starts;
  /** One entry a sequence. */
  readonly clusters: Clusters;
  /** γ; 1 where absent. */
  readonly discount?: number;
}

interface StepSums {
  readonly counts: number[];
  readonly weights: number[];
  readonly products: number[];
}

function sumByStep({ weights, values }: StepTerm, starts: Starts): StepSums {
  const sums: StepSums = { counts: [], weights: [], products: [] };
  forEachStep(starts, (row, _, step) => {
    sums.counts[step] = (sums.counts[step] ?? 0) + 1;
    sums.weights[step] = (sums.weights[step] ?? 0) + weights[row]!;
    sums.products[step] = (sums.products[step] ?? 0) + weights[row]! * values[row]!;
  });
  return sums;
}

interface Totals {
  readonly contributions: Float64Array;
  /** Contributions linearised about the ratios of the steps: their spread is that of the value. */
  readonly influences: Float64Array;
}

function addTerm(totals: Totals, term: StepTerm, estimation: StepEstimation, sums: StepSums): void {
  const { starts, discount = 1, selfNormalised = false } = estimation;
  forEachStep(starts, (row, sequence, step) => {
    const [weight, value] = [term.weights[row]!, discount ** step * term.values[row]!];
    if (!selfNormalised) {
      totals.contributions[sequence]! += weight * value;
      totals.influences[sequence]! += weight * value;
      return;
    }
    const scaled = (weight * sums.counts[step]!) / sums.weights[step]!;
    const ratio = (discount ** step * sums.products[step]!) / sums.weights[step]!;
    totals.contributions[sequence]! += scaled * value;
    totals.influences[sequence]! += scaled * (value - ratio) + ratio;
  });
}

/** How many clusters have a row with weight. */
function countSupported({ terms, starts, clusters }: StepEstimation): number {
  const supported = new Set<number>();
  forEachStep(starts, (row, sequence) => {
    if (terms[0]!.weights[row]! > 0) supported.add(clusters.index[sequence]!);
  });
  return supported.size;
}

/**
 * V̂ = (1/n) Σ_i Σ_t γ^t Σ_terms ω_it·y_it with ω = w, or w_it·n_t/Σ_j w_jt over the n_t sequences that reach step t. Standard
 * error over sequences, clusters together; self-normalised by the delta method on the ratio of each step and term. Infinite
 * where fewer than two clusters (self-normalised: with weight), or none with weight, tell of it.
 * @returns undefined where a self-normalised step has no weight: 0/0, the log does not support the target
 */
export function estimateSteps(estimation: StepEstimation): Estimate | undefined {
  const { name, terms, starts, clusters, level = 0.95, selfNormalised = false } = estimation;
  const rows = starts.length - 1;
  const totals = { contributions: new Float64Array(rows), influences: new Float64Array(rows) };
  for (const term of terms) {
    const sums = sumByStep(term, starts);
    if (selfNormalised && sums.weights.some((sum) => sum === 0)) return undefined;
    addTerm(totals, term, estimation, sums);
  }
  const { contributions, influences } = totals;
  const value = mean(contributions);
  const standardError =
    countSupported(estimation) < (selfNormalised ? 2 : 1)
      ? Number.POSITIVE_INFINITY
      : clusteredStandardError(influences, value, clusters);
  const interval = normalInterval({ value, standardError, level });
  return { estimator: name, value, standardError, interval, rows, contributions };
}
