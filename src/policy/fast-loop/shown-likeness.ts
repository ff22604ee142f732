import type { ItemId } from "../../domain/ids.ts";
import { likenessWidth } from "../likeness.ts";
import type { CandidateLikeness } from "./basis.ts";

/** Of the candidates of a request a likeness has a typical deviation of a sixteenth. */
const likenessScale = 16;

/** Showings to users in general that each mean begins with. Popularity also counts rewards of before the model began, when slates were more alike for all. */
const generalShowings = 100;

/**
 * Mean likeness of an item to the users that it was shown to. Popularity is the mean reward of these users, so what another one's likeness adds to it
 * counts from their mean: otherwise an item that only its lovers see would seem good for all. Grows by some 0.2 kB an item that
 * was a candidate.
 */
export interface ShownLikeness {
  /** @returns 16 times a likeness less the item's mean, in the same array each time */
  centre(itemId: ItemId, likeness: Float64Array): Float64Array;
  /** Counts one showing. */
  add(itemId: ItemId, likeness: Float64Array): void;
  /** Counts all candidates of a decision, shown or not: its user is one of the users in general. */
  addCandidates(candidates: CandidateLikeness): void;
  clone(): ShownLikeness;
}

/** Number of showings and the sums of their likeness, then the same of all decisions that had the item as a candidate. */
type Sums = Float64Array;

const ofShowings = 0;
const ofCandidates = 1 + likenessWidth;

export function createShownLikeness(start: Iterable<readonly [ItemId, Sums]> = []): ShownLikeness {
  const items = new Map(start);
  const centred = new Float64Array(likenessWidth);
  const count = (itemId: ItemId, part: number, values: Float64Array, from: number) => {
    const sums = items.get(itemId) ?? new Float64Array(2 * ofCandidates);
    sums[part]! += 1;
    for (let column = 0; column < likenessWidth; column++)
      sums[part + 1 + column]! += values[from + column]!;
    items.set(itemId, sums);
  };
  const meanOf = (sums: Sums, column: number) => {
    const general = sums[ofCandidates + 1 + column]! / Math.max(1, sums[ofCandidates]!);
    const shown = sums[ofShowings + 1 + column]!;
    return (shown + generalShowings * general) / (sums[ofShowings]! + generalShowings);
  };
  return {
    centre: (itemId, likeness) => {
      const sums = items.get(itemId);
      for (let column = 0; column < likenessWidth; column++)
        centred[column] = likenessScale * (likeness[column]! - (sums ? meanOf(sums, column) : 0));
      return centred;
    },
    add: (itemId, likeness) => count(itemId, ofShowings, likeness, 0),
    addCandidates: ({ itemIds, values }) => {
      for (let at = 0; at < itemIds.length; at++)
        count(itemIds[at]!, ofCandidates, values, likenessWidth * at);
    },
    clone: () =>
      createShownLikeness([...items].map(([item, sums]) => [item, sums.slice()] as const)),
  };
}
