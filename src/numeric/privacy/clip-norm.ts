/** A float32 is rounded by at most 2⁻²⁴ of itself: a factor this much smaller leaves room for all of them. */
const roundingRoom = 1 - 2 ** -20;

/** No less than the length: squares of float32 are exact in float64, and each addition rounds by at most ε/2. */
function lengthAtMost(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum * (1 + (values.length + 1) * Number.EPSILON));
}

/**
 * Scales a vector in place to a length of at most `bound`, which holds exactly for the float32 that are left. One that is not finite
 * becomes NaN.
 */
export function clipNorm(values: Float32Array, bound: number): void {
  for (let length = lengthAtMost(values); length > bound; length = lengthAtMost(values)) {
    const factor = (bound / length) * roundingRoom;
    for (let index = 0; index < values.length; index++) values[index]! *= factor;
  }
}
