import { dot, dotRow } from "./dot.ts";

/** The mean of some points, and the directions in which they differ most. */
export interface PrincipalDirections {
  readonly mean: Float64Array;
  /** At most as many as were asked for, of length 1 and orthogonal, the widest first. */
  readonly directions: readonly Float64Array[];
}

/**
 * Of the power method: a direction is exact to the last digits if the next one has half its
 * variance.
 */
const steps = 60;
/** Directions with less than this share of the widest one's variance are rounding. */
const leastShare = 1e-9;
/** So is a variance of this share of the mean's square: equal points differ from their mean by float64's rounding, others by float32's at least. */
const leastOfMean = 1e-24;

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  const product = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    product[row] = dotRow(matrix, row * size, vector);
  }
  return product;
}

const length = (vector: Float64Array): number => Math.sqrt(dot(vector, vector));

function covariance(points: readonly ArrayLike<number>[], mean: Float64Array): Float64Array {
  const size = mean.length;
  const matrix = new Float64Array(size * size);
  for (const point of points) {
    for (let row = 0; row < size; row++) {
      const left = (point[row]! - mean[row]!) / points.length;
      for (let column = 0; column < size; column++)
        matrix[row * size + column]! += left * (point[column]! - mean[column]!);
    }
  }
  return matrix;
}

/**
 * The direction of the widest spread by the power method, and its variance: 0 if there is no
 * spread.
 */
function findWidest(matrix: Float64Array, size: number) {
  // Uneven, so that it is orthogonal to no direction but by accident.
  let direction = Float64Array.from({ length: size }, (_, index) => Math.sin(1 + index * index));
  let variance = 0;
  for (let step = 0; step < steps; step++) {
    const product = multiply(matrix, direction);
    variance = length(product);
    if (variance === 0) break;
    const scale = variance;
    direction = product.map((value) => value / scale);
  }
  return { direction, variance };
}

function deflate(matrix: Float64Array, direction: Float64Array, variance: number): void {
  const size = direction.length;
  for (let row = 0; row < size; row++) {
    const left = variance * direction[row]!;
    for (let column = 0; column < size; column++)
      matrix[row * size + column]! -= left * direction[column]!;
  }
}

/**
 * Principal components (Pearson 1901) by the power method with deflation. Bit for bit the same for
 * the same points. Directions of nearly equal spread are found only roughly, which is as good: any
 * of them separates the points as well.
 * @param points at least one, of equal size
 */
export function principalDirections(
  points: readonly ArrayLike<number>[],
  count: number,
): PrincipalDirections {
  const size = points[0]?.length ?? 0;
  const mean = new Float64Array(size);
  for (const point of points)
    for (let index = 0; index < size; index++) mean[index]! += point[index]! / points.length;
  const matrix = covariance(points, mean);
  const directions: Float64Array[] = [];
  let widest = 0;
  const rounding = leastOfMean * dot(mean, mean);
  while (directions.length < Math.min(count, size)) {
    const { direction, variance } = findWidest(matrix, size);
    if (variance <= Math.max(rounding, leastShare * widest)) break;
    widest = Math.max(widest, variance);
    directions.push(direction);
    deflate(matrix, direction, variance);
  }
  return { mean, directions };
}
