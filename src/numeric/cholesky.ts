/**
 * A symmetric positive definite A as Rᵀ·R with an upper triangular R, row-major: a row of R is a
 * column of the usual lower factor, and every loop below runs along one row. Entries under the
 * diagonal are neither read nor written. (Golub & Van Loan 2013, sections 3.1, 4.2 and 6.5.)
 */

/**
 * A → R, in place.
 * @param matrix size × size, row-major; only the upper triangle is read
 * @throws RangeError if A isn't positive definite
 */
export function factoriseUpper(matrix: Float64Array, size: number): void {
  for (let pivot = 0; pivot < size; pivot++) {
    const start = pivot * size;
    const diagonal = matrix[start + pivot]!;
    if (!(diagonal > 0))
      throw new RangeError(`the matrix is not positive definite at row ${pivot}`);
    const root = Math.sqrt(diagonal);
    matrix[start + pivot] = root;
    for (let column = pivot + 1; column < size; column++) matrix[start + column]! /= root;
    for (let row = pivot + 1; row < size; row++) {
      const factor = matrix[start + row]!;
      if (factor === 0) continue;
      for (let column = row; column < size; column++)
        matrix[row * size + column]! -= factor * matrix[start + column]!;
    }
  }
}

/** R of keep·A + x·xᵀ from R of A, in place by Givens rotations, which can't lose positive definiteness; uses x up. */
export function updateFactor(
  upper: Float64Array,
  size: number,
  { x, keep }: { readonly x: Float64Array; readonly keep: number },
): void {
  const scale = Math.sqrt(keep);
  for (let row = 0; row < size; row++) {
    const start = row * size;
    const diagonal = scale * upper[start + row]!;
    const length = Math.sqrt(diagonal * diagonal + x[row]! * x[row]!);
    const cosine = diagonal / length;
    const sine = x[row]! / length;
    upper[start + row] = length;
    for (let column = row + 1; column < size; column++) {
      const old = scale * upper[start + column]!;
      upper[start + column] = cosine * old + sine * x[column]!;
      x[column] = cosine * x[column]! - sine * old;
    }
  }
}

/** x → R⁻ᵀ·x, in place: |R⁻ᵀ·x|² is xᵀA⁻¹x. */
export function solveTransposed(upper: Float64Array, size: number, x: Float64Array): void {
  for (let row = 0; row < size; row++) {
    const start = row * size;
    const value = x[row]! / upper[start + row]!;
    x[row] = value;
    for (let column = row + 1; column < size; column++)
      x[column]! -= upper[start + column]! * value;
  }
}

/** x → R⁻¹·x, in place: of a standard normal x it makes a draw of N(0, A⁻¹). */
export function solveUpper(upper: Float64Array, size: number, x: Float64Array): void {
  for (let row = size - 1; row >= 0; row--) {
    const start = row * size;
    let rest = x[row]!;
    for (let column = row + 1; column < size; column++) rest -= upper[start + column]! * x[column]!;
    x[row] = rest / upper[start + row]!;
  }
}

/**
 * Solves A·x = b for a symmetric positive definite A.
 * @param matrix A, size × size, row-major; only the lower triangle is read
 * @returns takes b and gives x, one factorisation for all
 * @throws RangeError if A isn't positive definite
 */
export function factorise(
  matrix: Float64Array,
  size: number,
): (right: Float64Array) => Float64Array {
  const upper = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++)
      upper[column * size + row] = matrix[row * size + column]!;
  }
  factoriseUpper(upper, size);
  return (right) => {
    const x = Float64Array.from(right);
    solveTransposed(upper, size, x);
    solveUpper(upper, size, x);
    return x;
  };
}
