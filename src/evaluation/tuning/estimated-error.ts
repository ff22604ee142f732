import type { Estimate } from "../estimate.ts";
import type { EstimatorForm } from "../estimators/estimator-form.ts";
import {
  type EstimatorColumns,
  type EvaluatedFeedback,
  selectColumns,
  shapeWeights,
} from "../estimators/evaluated-feedback.ts";

/**
 * |(1/n) Σ (w_i − ω_i)·(r_i [− q̂_i])|: the part of the unbiased estimate that the shaped weights ω leave out.
 * Su, Dimakopoulou, Krishnamurthy & Dudík 2020, section 5.
 */
export function estimateBias(
  { rewards, weights, predictions }: EstimatorColumns,
  shaped: Float64Array,
): number {
  let sum = 0;
  for (let row = 0; row < shaped.length; row++) {
    const prediction = predictions === undefined ? 0 : predictions[row]!;
    sum += (weights![row]! - shaped[row]!) * (rewards[row]! - prediction);
  }
  return Math.abs(sum / shaped.length);
}

/**
 * √(2·mean w²·ln(2/δ)/n) + 2·max w·ln(2/δ)/(3n): Bernstein's bound on the error of that bias, for residuals within ±1.
 * It doesn't depend on the parameter, so with it the least shrunk candidate wins nearly always.
 */
export function biasErrorBound(weights: Float64Array, missProbability: number): number {
  const rows = weights.length;
  const log = Math.log(2 / missProbability);
  let squares = 0;
  let largest = 0;
  for (const weight of weights) {
    squares += weight * weight;
    largest = Math.max(largest, weight);
  }
  return Math.sqrt((2 * (squares / rows) * log) / rows) + (2 * largest * log) / (3 * rows);
}

/** Variance + bias² of an estimate. @param options.missProbability δ: with it the bias is an upper bound */
export function estimateSquaredError(
  form: EstimatorForm,
  feedback: EvaluatedFeedback,
  options: {
    readonly parameter: number;
    readonly estimate: Estimate;
    readonly missProbability?: number;
  },
): number {
  const { parameter, estimate, missProbability } = options;
  const columns = selectColumns(form, feedback);
  const bound =
    missProbability === undefined ? 0 : biasErrorBound(columns.weights!, missProbability);
  const bias = estimateBias(columns, shapeWeights(form, columns, parameter)) + bound;
  const { count } = feedback.clusters;
  // The paper's variance divides by n, the standard error by n − 1.
  return (estimate.standardError ** 2 * (count - 1)) / count + bias * bias;
}
