import { nthLargest } from "../../numeric/nth-largest.ts";

/** Indices of the closest items, ascending, and the least of their scores. */
export interface Closest {
  readonly kept: readonly number[];
  readonly threshold: number;
}

/** Room for the user's taste, but not for items that are hardly related. */
const itemsAPlace = 5;
const leastItems = 20;

/**
 * Items that a slate of related ones is drawn from: five for each place, and 20 at least.
 * @param limit most candidates of a decision
 */
export const relatedCount = (slateSize: number, limit: number): number =>
  Math.min(limit, Math.max(leastItems, itemsAPlace * slateSize));

/** The `count` items of the largest scores; of equal ones those that come first. */
export function findClosest(scores: Float64Array, count: number): Closest {
  const threshold =
    scores.length <= count ? Number.NEGATIVE_INFINITY : nthLargest(scores, count - 1);
  const above = scores.reduce((sum, score) => (score > threshold ? sum + 1 : sum), 0);
  let room = count - above;
  const kept: number[] = [];
  for (const [index, score] of scores.entries())
    if (score > threshold || (score === threshold && room-- > 0)) kept.push(index);
  return { kept, threshold };
}
