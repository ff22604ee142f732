/** Values of one item, as sums. */
export interface ValueSums {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** The same beside the mean that is expected of the item. */
export interface ExpectedSums extends ValueSums {
  readonly expected: number;
}

/** Values whose mean counts as much as the expected one: fewest, and those of items that differ from it no more than chance explains. */
const fewest = 10;
const most = 1000;

/** Of a value about its item's mean. @returns 0 without two values of an item */
export function varianceWithin(items: readonly ValueSums[]): number {
  let [total, within] = [0, 0];
  for (const { count, sum, squares } of items) {
    total += count;
    within += squares - sum ** 2 / count;
  }
  return within / Math.max(1, total - items.length);
}

/**
 * n₀ = σ²/τ², the values whose mean counts as much as the expected one: variance of a value about its item's mean, and variance of the items'
 * means about the expected ones, by moments (DerSimonian & Laird 1986).
 */
export function priorValues(items: readonly ExpectedSums[], variance: number): number {
  let [total, squares, between] = [0, 0, 0];
  for (const { count, sum, expected } of items) {
    total += count;
    squares += count ** 2;
    between += count * (sum / count - expected) ** 2;
  }
  const spread = (between - (items.length - 1) * variance) / (total - squares / total);
  if (!(variance < most * spread)) return most;
  return Math.max(fewest, variance / spread);
}

/** (Σv + n₀·m)/(n + n₀): an item's mean, shrunk towards the expected one. */
export const shrinkMean = ({ count, sum, expected }: ExpectedSums, prior: number): number =>
  (sum + prior * expected) / (count + prior);
