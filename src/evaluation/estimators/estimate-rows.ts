import { meanOf } from "../../numeric/statistics.ts";
import { type Clusters, sumClusterSquares } from "../clusters.ts";
import { averageContributions, type Estimate } from "../estimate.ts";
import { normalInterval } from "../intervals/normal.ts";
import type { EstimatorForm, EstimatorOptions } from "./estimator-form.ts";
import {
  type EstimatorColumns,
  type EvaluatedFeedback,
  resolveParameter,
  selectColumns,
  shapeWeights,
} from "./evaluated-feedback.ts";

/** Columns and the weights ω(w_i) that an estimator makes of them. */
interface Terms extends EstimatorColumns {
  readonly shaped: Float64Array;
}

/**
 * [μ(x_i) − shift +] ω_i·(r_i [− q̂_i] − centre)·scale. One pass and one array: the passes take
 * most of the time.
 */
function addUp(
  { rewards, directValues, predictions, shaped }: Terms,
  { shift = 0, centre = 0, scale = 1 },
): Float64Array {
  const sums = new Float64Array(shaped.length);
  if (directValues === undefined || predictions === undefined) {
    for (let row = 0; row < sums.length; row++) {
      sums[row] = shaped[row]! * (rewards[row]! - centre) * scale;
    }
    return sums;
  }
  for (let row = 0; row < sums.length; row++) {
    const residual = rewards[row]! - predictions[row]!;
    sums[row] = directValues[row]! - shift + shaped[row]! * (residual - centre) * scale;
  }
  return sums;
}

/** Σ ω·(r [− q̂]) / Σ ω as a running mean: unlike two sums it cannot leave the residuals' range by rounding. */
function weightedMean({ rewards, predictions, shaped }: Terms): number {
  let weightSum = 0;
  let value = 0;
  for (let row = 0; row < shaped.length; row++) {
    const weight = shaped[row]!;
    if (weight === 0) continue;
    const residual = predictions === undefined ? rewards[row]! : rewards[row]! - predictions[row]!;
    weightSum += weight;
    value += (weight / weightSum) * (residual - value);
  }
  return value;
}

/** Whether two users have weight. */
function isSpread(shaped: Float64Array, { index }: Clusters): boolean {
  const first = shaped.findIndex((weight) => weight > 0);
  return shaped.some((weight, row) => weight > 0 && index[row] !== index[first]);
}

/**
 * V̂ = [mean μ +] Σ ω·(r [− q̂]) / Σ ω with the delta method's error (Owen 2013, chapter 9). Terms:
 * e_i = [μ_i − mean μ +] ω_i·(r_i [− q̂_i] − R)/mean ω, R the ratio; s.e.² = Σ_g (Σ_{i∈g} e_i)² /
 * n², users as clusters.
 */
function estimateRatio(
  terms: Terms,
  clusters: Clusters,
): Omit<Estimate, "estimator" | "interval"> | undefined {
  const meanWeight = meanOf(terms.shaped);
  if (meanWeight === 0) return undefined;
  const rows = terms.shaped.length;
  const ratio = weightedMean(terms);
  const direct = terms.directValues ? meanOf(terms.directValues) : 0;
  const scale = 1 / meanWeight;
  const deviations = addUp(terms, { shift: direct, centre: ratio, scale });
  const standardError = isSpread(terms.shaped, clusters)
    ? Math.sqrt(sumClusterSquares(deviations, clusters)) / rows
    : Number.POSITIVE_INFINITY;
  return { value: direct + ratio, standardError, rows, contributions: addUp(terms, { scale }) };
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
  const terms = { ...columns, shaped };
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
