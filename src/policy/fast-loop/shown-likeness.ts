import type { ItemId } from "../../domain/ids.ts";
import { likenessWidth } from "../likeness.ts";

/** Showings by which a mean is shrunk towards 0, the likeness of strangers. */
const doubtfulShowings = 10;

/**
 * Mean likeness of an item to the users that it was shown to. Popularity is the mean reward of these users, so what another one's likeness adds to it
 * counts from their mean: otherwise an item that only its lovers see would seem good for all. Grows by some 0.1 kB an item with
 * events.
 */
export interface ShownLikeness {
  /** @returns a likeness less the item's mean, in the same array each time */
  centre(itemId: ItemId, likeness: Float64Array): Float64Array;
  /** Counts one showing. */
  add(itemId: ItemId, likeness: Float64Array): void;
  clone(): ShownLikeness;
}

/** Number of showings, then the sums of their likeness. */
type Sums = Float64Array;

export function createShownLikeness(start: Iterable<readonly [ItemId, Sums]> = []): ShownLikeness {
  const items = new Map(start);
  const centred = new Float64Array(likenessWidth);
  return {
    centre: (itemId, likeness) => {
      const sums = items.get(itemId);
      for (let column = 0; column < likenessWidth; column++) {
        const mean = sums ? sums[1 + column]! / (sums[0]! + doubtfulShowings) : 0;
        centred[column] = likeness[column]! - mean;
      }
      return centred;
    },
    add: (itemId, likeness) => {
      const sums = items.get(itemId) ?? new Float64Array(1 + likenessWidth);
      sums[0]! += 1;
      for (let column = 0; column < likenessWidth; column++) sums[1 + column]! += likeness[column]!;
      items.set(itemId, sums);
    },
    clone: () =>
      createShownLikeness([...items].map(([item, sums]) => [item, sums.slice()] as const)),
  };
}
