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
  // Counted loops: a callback an item of a whole catalogue takes longer than its score.
  let room = count;
  for (let index = 0; index < scores.length; index++)
    if ((scores[index] ?? Number.NaN) > threshold) room--;
  const kept: number[] = [];
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? Number.NaN;
    if (score > threshold || (score === threshold && room-- > 0)) kept.push(index);
  }
  return { kept, threshold };
}
