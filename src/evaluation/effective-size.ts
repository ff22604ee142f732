/** (Σx)²/Σx²; 0 of zeros. Rounding can lift n equal numbers above n by an ulp. */
export function effectiveSize(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return squares === 0 ? 0 : Math.min(values.length, (sum * sum) / squares);
}
