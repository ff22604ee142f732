import type { ItemId } from "../domain/ids.ts";

/** Behaviour of before a loop's first decision: no slate had a part in it. */
export interface BehaviourCounts {
  /** Users of each item with an event that is worth more than none. */
  readonly users: ReadonlyMap<ItemId, number>;
  /** Number of items that could have users, those without included. */
  readonly items: number;
}

/** Users of an item over those of the mean item. */
export interface RelativePopularity {
  of(item: ItemId): number;
  /** Of an item without users. */
  readonly none: number;
  /** Share of the counts' variance that is the items' own, in (0, 1): c̄/(c̄ + α). */
  readonly certainty: number;
}

/** Standard errors that the variance of counts must be above that of chance. */
const certainErrors = 2;

/**
 * ρ = (c + α)/(c̄ + α) of an item with c users: the mean of a gamma distribution after Poisson counts, with α = c̄²/(s² − c̄) by moments.
 * @returns undefined if chance explains the counts
 */
export function relativePopularity({
  users,
  items,
}: BehaviourCounts): RelativePopularity | undefined {
  const counts = [...users.values()];
  const count = Math.max(items, counts.length);
  const mean = counts.reduce((sum, one) => sum + one, 0) / count;
  if (count < 2 || mean === 0) return undefined;
  const squares = counts.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const variance = (squares + (count - counts.length) * mean ** 2) / (count - 1);
  const error = Math.sqrt((2 * mean ** 2) / (count - 1) + mean / count);
  const spread = variance - mean;
  if (!(spread > certainErrors * error)) return undefined;
  const alpha = mean ** 2 / spread;
  const of = (item: ItemId) => ((users.get(item) ?? 0) + alpha) / (mean + alpha);
  return { of, none: alpha / (mean + alpha), certainty: mean / (mean + alpha) };
}
