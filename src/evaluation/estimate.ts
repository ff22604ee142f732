import { meanOf } from "../numeric/statistics.ts";
import { type Clusters, clusteredStandardError } from "./clusters.ts";
import type { Interval } from "./intervals/interval.ts";
import { normalInterval } from "./intervals/normal.ts";

/** An estimated policy value in reward units a row. */
export interface Estimate {
  /** Name of the estimator, as in its registry. */
  readonly estimator: string;
  readonly value: number;
  /**
   * Infinite if the log cannot tell: fewer than two clusters, or no logged action that the target
   * would choose.
   */
  readonly standardError: number;
  readonly interval: Interval;
  readonly rows: number;
  /** Contribution of each row; the value is their mean. */
  readonly contributions: Float64Array;
}

export interface EstimateOptions {
  /** Nominal coverage of the interval, default 0.95. */
  readonly level?: number;
}

export interface WeightedEstimateOptions extends EstimateOptions {
  /** c ≥ 0: weights above it count as c. Default: unlimited. */
  readonly weightClip?: number;
}

/** min(w, c). @throws RangeError for a clip that is negative or NaN */
export function clipWeights(
  importanceWeights: Float64Array,
  weightClip: number = Number.POSITIVE_INFINITY,
): Float64Array {
  if (!(weightClip >= 0)) throw new RangeError(`a weight clip must be ≥ 0, got ${weightClip}`);
  const clipped = importanceWeights.slice();
  for (let row = 0; row < clipped.length; row++) {
    if (clipped[row]! > weightClip) clipped[row] = weightClip;
  }
  return clipped;
}

/** The estimate whose value is the plain mean of contributions. `weights` are those it started from, for the support. */
export function averageContributions(
  estimator: Estimate["estimator"],
  contributions: Float64Array,
  options: EstimateOptions & { readonly clusters: Clusters; readonly weights?: Float64Array },
): Estimate {
  const { clusters, weights, level = 0.95 } = options;
  const value = meanOf(contributions);
  const supported = weights?.some((weight) => weight > 0) ?? true;
  const standardError = supported
    ? clusteredStandardError(contributions, value, clusters)
    : Number.POSITIVE_INFINITY;
  const interval = normalInterval({ value, standardError, level });
  return { estimator, value, standardError, interval, rows: contributions.length, contributions };
}
