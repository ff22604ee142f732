import { factorise } from "../../numeric/cholesky.ts";

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
  const right = new Float64Array(width);
  for (const [index, row] of rows.entries()) {
    for (let i = 0; i < width; i++) {
      right[i]! += row[i]! * targets[index]!;
      for (let j = 0; j <= i; j++) matrix[i * width + j]! += row[i]! * row[j]!;
    }
  }
  for (let i = 0; i < width; i++) matrix[i * width + i]! += ridge;
  return factorise(matrix, width)(right);
}
