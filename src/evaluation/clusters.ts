import { meanOf } from "../numeric/statistics.ts";

/** Rows grouped by user, numbered 0…count − 1 in order of appearance. */
export interface Clusters {
  /** Cluster of each row. */
  readonly index: Int32Array;
  readonly count: number;
}

/** Without ids each row is a separate cluster. */
export function numberClusters(
  rows: number,
  ids?: Int32Array | readonly (string | number)[],
): Clusters {
  const index = new Int32Array(rows);
  if (ids === undefined) {
    for (let row = 0; row < rows; row++) index[row] = row;
    return { index, count: rows };
  }
  const numbers = new Map<string | number, number>();
  for (const [row, id] of ids.entries()) {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    index[row] = number;
  }
  return { index, count: numbers.size };
}

/** Σ_g (Σ_{i∈g} (e_i − centre))²: the common part of a user's rows counts once, not once a row. */
export function sumClusterSquares(
  values: Float64Array,
  { index, count }: Clusters,
  centre = 0,
): number {
  let squares = 0;
  if (count === values.length) {
    for (let row = 0; row < count; row++) squares += (values[row]! - centre) ** 2;
    return squares;
  }
  const sums = new Float64Array(count);
  for (let row = 0; row < values.length; row++) sums[index[row]!]! += values[row]! - centre;
  for (const sum of sums) squares += sum * sum;
  return squares;
}

/**
 * Covariances of several means over the same rows, users as clusters: the square of the standard error below, for each pair.
 * @param columns contributions of each mean
 * @returns row-major; infinite for fewer than two clusters
 */
export function clusteredCovariance(
  columns: readonly Float64Array[],
  { index, count }: Clusters,
): Float64Array {
  const size = columns.length;
  if (count < 2) return new Float64Array(size * size).fill(Number.POSITIVE_INFINITY);
  const sums = columns.map((column) => {
    const centre = meanOf(column);
    const sum = new Float64Array(count);
    for (let row = 0; row < column.length; row++) sum[index[row]!]! += column[row]! - centre;
    return sum;
  });
  const scale = count / (count - 1) / index.length ** 2;
  return Float64Array.from(
    sums.flatMap((left) =>
      sums.map((right) => scale * left.reduce((total, value, g) => total + value * right[g]!, 0)),
    ),
  );
}

/**
 * Standard error of a mean over rows with users as clusters (Liang & Zeger 1986, with the G/(G − 1)
 * correction): s.e.² = G/(G − 1) · Σ_g (Σ_{i∈g} (x_i − x̄))² / n². With one row a cluster it is the
 * sample deviation over √n. Infinite for fewer than two clusters, which have no observable spread.
 */
export function clusteredStandardError(
  contributions: Float64Array,
  centre: number,
  clusters: Clusters,
): number {
  const { count } = clusters;
  if (count < 2) return Number.POSITIVE_INFINITY;
  const variance = (count / (count - 1)) * sumClusterSquares(contributions, clusters, centre);
  return Math.sqrt(variance) / contributions.length;
}
