/** Σ_i x_i·y_i in the order of the indices, 0 for empty vectors. @param right at least as long as `left` */
export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

/**
 * Product of a row of a row-major matrix with a vector. An offset instead of a view: a view of a short row costs more than
 * its product.
 * @param start index of the row's first number; the row is as long as the vector
 */
export function dotRow(matrix: Float64Array, start: number, vector: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < vector.length; index++)
    sum += matrix[start + index]! * vector[index]!;
  return sum;
}
