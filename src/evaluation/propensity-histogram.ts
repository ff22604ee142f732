/** Number of rows logged with a propensity in (low, high]. */
export interface PropensityBin {
  readonly low: number;
  readonly high: number;
  readonly rows: number;
}

/**
 * Upper edges in steps of 1, 2, 5: small propensities matter most, and a logarithm is hard to read.
 */
const edges = [1e-6, 1e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/**
 * Bins from the first to the last that has rows.
 * @param propensities in (0, 1], up to rounding
 *
 * @example
 * import { propensityHistogram } from "recurve/evaluation";
 *
 * console.log(propensityHistogram(Float64Array.of(0.3, 0.4, 0.9)).map(({ rows }) => rows)); // [ 2, 1 ]
 */
export function propensityHistogram(propensities: Float64Array): PropensityBin[] {
  const counts = new Float64Array(edges.length);
  for (const propensity of propensities) {
    const bin = edges.findIndex((edge) => propensity <= edge);
    counts[bin < 0 ? edges.length - 1 : bin]!++;
  }
  const first = counts.findIndex((rows) => rows > 0);
  const last = counts.findLastIndex((rows) => rows > 0);
  return edges
    .map((high, bin) => ({ low: edges[bin - 1] ?? 0, high, rows: counts[bin]! }))
    .filter((_, bin) => first >= 0 && bin >= first && bin <= last);
}
