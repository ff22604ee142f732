/** A row-major matrix of float32, of which some columns of some rows are multiplied. */
export interface RowMatrix {
  readonly values: Float32Array;
  /** Numbers of a row. */
  readonly stride: number;
  /** First column that is multiplied; as many follow as the vector has numbers. Default 0. */
  readonly start?: number;
}

/**
 * Products of rows with a vector in float64: Σ_i matrix[row, start + i]·x_i in the order of i, the same bits for a row whatever the
 * others are. Four rows side by side, for a sum waits for its last addition: three others fit into the wait.
 * @param products written and returned, one for each row
 */
export function multiplyRows(
  { values, stride, start = 0 }: RowMatrix,
  rows: Int32Array,
  vector: Float64Array,
  products: Float64Array = new Float64Array(rows.length),
): Float64Array {
  const width = vector.length;
  const whole = rows.length - (rows.length % 4);
  for (let at = 0; at < whole; at += 4) {
    const first = rows[at]! * stride + start;
    const second = rows[at + 1]! * stride + start;
    const third = rows[at + 2]! * stride + start;
    const fourth = rows[at + 3]! * stride + start;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < width; i++) {
      const x = vector[i]!;
      a += x * values[first + i]!;
      b += x * values[second + i]!;
      c += x * values[third + i]!;
      d += x * values[fourth + i]!;
    }
    products[at] = a;
    products[at + 1] = b;
    products[at + 2] = c;
    products[at + 3] = d;
  }
  for (let at = whole; at < rows.length; at++) {
    const first = rows[at]! * stride + start;
    let sum = 0;
    for (let i = 0; i < width; i++) sum += vector[i]! * values[first + i]!;
    products[at] = sum;
  }
  return products;
}
