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

interface Terms {
  /** μ(x_i); absent without a model. */
  readonly directValues: Float64Array | undefined;
  /** r_i [− q̂_i]. */
  readonly residuals: Float64Array;
  /** ω(w_i). */
  readonly shaped: Float64Array;
}

/** [μ(x_i) − shift +] ω_i·(residual_i − centre)·scale. */
function addUp(
  { directValues, residuals, shaped }: Terms,
  { shift = 0, centre = 0, scale = 1 },
): Float64Array {
  const sums = new Float64Array(shaped.length);
  for (let row = 0; row < sums.length; row++) {
    const direct = directValues === undefined ? 0 : directValues[row]! - shift;
    sums[row] = direct + shaped[row]! * (residuals[row]! - centre) * scale;
  }
  return sums;
}

/** Σ ω·residual / Σ ω as a running mean: unlike two sums it cannot leave the residuals' range by rounding. */
function weightedMean({ residuals, shaped }: Terms): number {
  let weightSum = 0;
  let value = 0;
  for (let row = 0; row < shaped.length; row++) {
    const weight = shaped[row]!;
    if (weight === 0) continue;
    weightSum += weight;
    value += (weight / weightSum) * (residuals[row]! - value);
  }
  return value;
}

/** Whether two users have weight. */
function isSpread(shaped: Float64Array, { index }: Clusters): boolean {
  const first = shaped.findIndex((weight) => weight > 0);
  return shaped.some((weight, row) => weight > 0 && index[row] !== index[first]);
}

/**
 * V̂ = [mean μ +] Σ ω·(r [− q̂]) / Σ ω with the delta method's error (Owen 2013, chapter 9):
 * e_i = [μ_i − mean μ +] ω_i·(r_i [− q̂_i] − R)/mean ω, R the ratio; s.e.² = Σ_g (Σ_{i∈g} e_i)² / n², users as clusters.
 */
function estimateRatio(
  terms: Terms,
  clusters: Clusters,
): Omit<Estimate, "estimator" | "interval"> | undefined {
  const meanWeight = mean(terms.shaped);
  if (meanWeight === 0) return undefined;
  const rows = terms.shaped.length;
  const ratio = weightedMean(terms);
  const direct = terms.directValues ? mean(terms.directValues) : 0;
  const scale = 1 / meanWeight;
  const deviations = addUp(terms, { shift: direct, centre: ratio, scale });
  const standardError = isSpread(terms.shaped, clusters)
    ? Math.sqrt(sumClusterSquares(deviations, clusters)) / rows
    : Number.POSITIVE_INFINITY;
  return { value: direct + ratio, standardError, rows, contributions: addUp(terms, { scale }) };
}

/** r_i [− q̂_i]. */
function residualsOf({ rewards, predictions }: EstimatorColumns): Float64Array {
  if (predictions === undefined) return rewards;
  const residuals = new Float64Array(rewards.length);
  for (let row = 0; row < residuals.length; row++) {
    residuals[row] = rewards[row]! - predictions[row]!;
  }
  return residuals;
}

/** The array form of every estimator. */
export function estimateRows(
  form: EstimatorForm,
  feedback: EvaluatedFeedback,
  { parameter, level = 0.95 }: EstimatorOptions,
): Estimate | undefined {
  const columns = selectColumns(form, feedback);
  const { clusters } = feedback;
  const terms = {
    directValues: columns.directValues,
    residuals: residualsOf(columns),
    shaped: shapeWeights(form, columns, resolveParameter(form, parameter)),
  };
  if (!form.selfNormalised) {
    return averageContributions(form.name, addUp(terms, {}), {
      level,
      clusters,
      ...(columns.weights && { weights: columns.weights }),
    });
  }
  const ratio = estimateRatio(terms, clusters);
  return ratio && { estimator: form.name, ...ratio, interval: normalInterval({ ...ratio, level }) };
}
