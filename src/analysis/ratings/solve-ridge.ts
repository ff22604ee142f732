/**
 * The minimum x of Σ_row (a·x − y)² + ridge·|x|², by Cholesky's decomposition of AᵀA + ridge·I.
 * @param rows width numbers each
 * @param ridge above 0
 */
export function solveRidge(
  rows: readonly ArrayLike<number>[],
  targets: ArrayLike<number>,
  { width, ridge }: { readonly width: number; readonly ridge: number },
): Float64Array {
  const matrix = new Float64Array(width * width);
  const x = new Float64Array(width);
  for (const [index, row] of rows.entries()) {
    for (let i = 0; i < width; i++) {
      x[i]! += row[i]! * targets[index]!;
      for (let j = 0; j <= i; j++) matrix[i * width + j]! += row[i]! * row[j]!;
    }
  }
  for (let i = 0; i < width; i++) matrix[i * width + i]! += ridge;
  decompose(matrix, width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) x[i]! -= matrix[i * width + j]! * x[j]!;
    x[i]! /= matrix[i * width + i]!;
  }
  for (let i = width - 1; i >= 0; i--) {
    for (let j = i + 1; j < width; j++) x[i]! -= matrix[j * width + i]! * x[j]!;
    x[i]! /= matrix[i * width + i]!;
  }
  return x;
}

/** In place, in the lower triangle: L of M = L·Lᵀ. */
function decompose(matrix: Float64Array, width: number): void {
  for (let i = 0; i < width; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * width + k]! * matrix[j * width + k]!;
      matrix[i * width + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * width + j]!;
    }
}
