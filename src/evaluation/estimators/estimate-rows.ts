import { mean } from "../../numeric/statistics.ts";
import { type Clusters, sumClusterSquares } from "../clusters.ts";
import { averageContributions, type Estimate } from "../estimate.ts";
import { normalInterval } from "../intervals/normal.ts";
import type { EstimatorForm, EstimatorOptions } from "./estimator.ts";
import {
  type EstimatorColumns,
  type EvaluatedFeedback,
  flushWeight,
  resolveParameter,
  selectColumns,
} from "./evaluated-feedback.ts";

/** ω(w_i) of each row. */
export function shapeWeights(
  form: EstimatorForm,
  { rewards, weights }: EstimatorColumns,
  parameter: number,
): Float64Array {
  const shaped = new Float64Array(rewards.length);
  if (weights === undefined) return shaped;
  for (let row = 0; row < shaped.length; row++) {
    shaped[row] = flushWeight(form.weigh(weights[row]!, parameter, rewards[row]!));
  }
  return shaped;
}

/** [μ(x_i) +] ω_i·(r_i [− q̂_i])·scale. */
function addUp(
  { rewards, directValues, predictions }: EstimatorColumns,
  shaped: Float64Array,
  scale: number,
): Float64Array {
  const contributions = new Float64Array(shaped.length);
  for (let row = 0; row < shaped.length; row++) {
    const residual = rewards[row]! - (predictions?.[row] ?? 0);
    contributions[row] = (directValues?.[row] ?? 0) + shaped[row]! * residual * scale;
  }
  return contributions;
}

/**
 * V̂ = [mean μ +] Σ ω·(r [− q̂]) / Σ ω with the delta method's error (Owen 2013, chapter 9):
 * e_i = [μ_i − mean μ +] ω_i·(r_i [− q̂_i] − R)/mean ω, R the ratio; s.e.² = Σ_g (Σ_{i∈g} e_i)² / n², users as clusters.
 */
function estimateRatio(
  columns: EstimatorColumns,
  shaped: Float64Array,
  clusters: Clusters,
): { value: number; standardError: number } | undefined {
  const { rewards, directValues, predictions } = columns;
  const rows = shaped.length;
  const supported = new Set<number>();
  let weightSum = 0;
  let ratio = 0;
  for (let row = 0; row < rows; row++) {
    const weight = shaped[row]!;
    if (weight === 0) continue;
    weightSum += weight;
    // Running weighted mean: unlike Σωr/Σω it cannot leave the rewards' range by rounding of large sums.
    ratio += (weight / weightSum) * (rewards[row]! - (predictions?.[row] ?? 0) - ratio);
    if (supported.size < 2) supported.add(clusters.index[row]!);
  }
  if (weightSum === 0) return undefined;
  const direct = directValues ? mean(directValues) : 0;
  const deviations = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const residual = rewards[row]! - (predictions?.[row] ?? 0) - ratio;
    deviations[row] =
      (directValues ? directValues[row]! - direct : 0) +
      (shaped[row]! * residual * rows) / weightSum;
  }
  const standardError =
    supported.size < 2
      ? Number.POSITIVE_INFINITY
      : Math.sqrt(sumClusterSquares(deviations, clusters)) / rows;
  return { value: direct + ratio, standardError };
}

/** The array form of every estimator. */
export function estimateRows(
  form: EstimatorForm,
  feedback: EvaluatedFeedback,
  { parameter, level = 0.95 }: EstimatorOptions,
): Estimate | undefined {
  const columns = selectColumns(form, feedback);
  const { clusters } = feedback;
  const shaped = shapeWeights(form, columns, resolveParameter(form, parameter));
  if (!form.selfNormalised) {
    return averageContributions(form.name, addUp(columns, shaped, 1), {
      level,
      clusters,
      ...(columns.weights && { weights: columns.weights }),
    });
  }
  const ratio = estimateRatio(columns, shaped, clusters);
  return (
    ratio && {
      estimator: form.name,
      ...ratio,
      interval: normalInterval({ ...ratio, level }),
      rows: shaped.length,
      contributions: addUp(columns, shaped, 1 / mean(shaped)),
    }
  );
}
