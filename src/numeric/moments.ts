/** Means and products of deviations of a few quantities, updated row by row. */
export interface Moments {
  readonly count: number;
  add(values: Float64Array): void;
  mean(index: number): number;
  /** Σ (x_j − x̄_j)(x_k − x̄_k) over the rows so far. */
  comoment(first: number, second: number): number;
}

/**
 * Welford's update (1962), with the cross terms of Bennett et al. 2009: one pass, no cancellation
 * of large sums.
 * @param width number of quantities in a row
 */
export function createMoments(width: number): Moments {
  const means = new Float64Array(width);
  const comoments = new Float64Array(width * width);
  const before = new Float64Array(width);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(values) {
      count++;
      for (let j = 0; j < width; j++) {
        before[j] = values[j]! - means[j]!;
        means[j]! += before[j]! / count;
        const after = values[j]! - means[j]!;
        for (let k = 0; k <= j; k++) comoments[j * width + k]! += before[k]! * after;
      }
    },
    mean: (index) => means[index]!,
    comoment: (first, second) =>
      comoments[Math.max(first, second) * width + Math.min(first, second)]!,
  };
}
