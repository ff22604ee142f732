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
 * others are. Four rows side by side, for a sum waits for its last addition, and two numbers of each in a round: half the time of a row
 * after the other.
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
  const even = width - (width % 2);
  for (let at = 0; at < whole; at += 4) {
    const first = rows[at]! * stride + start;
    const second = rows[at + 1]! * stride + start;
    const third = rows[at + 2]! * stride + start;
    const fourth = rows[at + 3]! * stride + start;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < even; i += 2) {
      const x = vector[i]!;
      const y = vector[i + 1]!;
      a = a + x * values[first + i]! + y * values[first + i + 1]!;
      b = b + x * values[second + i]! + y * values[second + i + 1]!;
      c = c + x * values[third + i]! + y * values[third + i + 1]!;
      d = d + x * values[fourth + i]! + y * values[fourth + i + 1]!;
    }
    if (even < width) {
      const x = vector[even]!;
      a += x * values[first + even]!;
      b += x * values[second + even]!;
      c += x * values[third + even]!;
      d += x * values[fourth + even]!;
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
