import { dot, dotRow } from "./dot.ts";

/** Of orthogonal iteration: the error after them is far below the noise of any statistic. */
const sweeps = 60;

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length;
  return vector.map((_, row) => dotRow(matrix, row * size, vector));
}

/** Gram–Schmidt, in place and in order. */
function orthonormalise(vectors: readonly Float64Array[]): void {
  for (const [index, vector] of vectors.entries()) {
    for (const before of vectors.slice(0, index)) {
      const part = dot(vector, before);
      for (let row = 0; row < vector.length; row++) vector[row]! -= part * before[row]!;
    }
    const length = Math.sqrt(dot(vector, vector));
    if (length > 0) for (let row = 0; row < vector.length; row++) vector[row]! /= length;
  }
}

export interface Eigenvector {
  readonly value: number;
  /** Of length 1, or 0 beyond the rank. */
  readonly vector: Float64Array;
}

/**
 * The eigenvectors of a symmetric matrix with the largest eigenvalues by size, approximately (orthogonal iteration: Golub & Van
 * Loan, section 8.2.4). Bit for bit the same for the same matrix.
 *
 * @param matrix [size, size]
 */
export function largestEigenvectors(
  matrix: Float64Array,
  size: number,
  count: number,
): readonly Eigenvector[] {
  let vectors: Float64Array[] = Array.from({ length: Math.min(count, size) }, (_, k) =>
    // Uneven, so that they are orthogonal to no eigenvector but by accident.
    Float64Array.from({ length: size }, (__, row) => Math.sin(1 + row * row + k * (2 * row + 1))),
  );
  orthonormalise(vectors);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    vectors = vectors.map((vector) => multiply(matrix, vector));
    orthonormalise(vectors);
  }
  return vectors.map((vector) => ({ value: dot(vector, multiply(matrix, vector)), vector }));
}
