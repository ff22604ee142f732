/**
 * Solves A·x = b for a symmetric positive definite A by A = L·Lᵀ (Golub & Van Loan 2013, algorithm 4.2.2).
 * @param matrix A, size × size, row-major; only the lower triangle is read
 * @returns takes b and gives x, one factorisation for all
 * @throws RangeError where A isn't positive definite
 */
export function factorise(
  matrix: Float64Array,
  size: number,
): (right: Float64Array) => Float64Array {
  const lower = Float64Array.from(matrix);
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let rest = lower[row * size + column]!;
      for (let k = 0; k < column; k++) rest -= lower[row * size + k]! * lower[column * size + k]!;
      if (row > column) lower[row * size + column] = rest / lower[column * size + column]!;
      else if (rest > 0) lower[row * size + row] = Math.sqrt(rest);
      else throw new RangeError(`the matrix is not positive definite at row ${row}`);
    }
  }
  return (right) => {
    const x = Float64Array.from(right);
    for (let row = 0; row < size; row++) {
      for (let k = 0; k < row; k++) x[row]! -= lower[row * size + k]! * x[k]!;
      x[row]! /= lower[row * size + row]!;
    }
    for (let row = size - 1; row >= 0; row--) {
      for (let k = row + 1; k < size; k++) x[row]! -= lower[k * size + row]! * x[k]!;
      x[row]! /= lower[row * size + row]!;
    }
    return x;
  };
}
