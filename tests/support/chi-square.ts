/** Pearson's X² = Σ (observed − expected)² / expected. Every expected count should be at least 5. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return expected.reduce((sum, count, cell) => sum + (observed[cell]! - count) ** 2 / count, 0);
}

/**
 * A true χ² of k degrees of freedom exceeds k + 2√(kx) + 2x with probability at most e^−x (Laurent & Massart 2000, lemma 1).
 * Here e^−x = 1e-6.
 */
export function chiSquareBound(degrees: number): number {
  const x = Math.log(1e6);
  return degrees + 2 * Math.sqrt(degrees * x) + 2 * x;
}
