import type { Token } from "../../policy/item-features.ts";
import type { ItemView } from "../../policy/policy.ts";

interface TokenIndex {
  /** By hashed feature: places of the items that have it, ascending. */
  readonly places: ReadonlyMap<number, readonly number[]>;
  /** Weight of a hashed feature. */
  readonly rarity: (number: number) => number;
  /** Length of each item's weighted features. */
  readonly lengths: Float64Array;
}

const indices = new WeakMap<readonly ItemView[], TokenIndex>();

const numbersOf = (tokens: readonly Token[]) => new Set(tokens.map(({ index }) => index));

function makeIndex(views: readonly ItemView[]): TokenIndex {
  const places = new Map<number, number[]>();
  for (const [place, { tokens }] of views.entries()) {
    for (const number of numbersOf(tokens)) {
      const found = places.get(number);
      if (found === undefined) places.set(number, [place]);
      else found.push(place);
    }
  }
  const rarity = (number: number) => Math.log(views.length / (places.get(number)?.length ?? 1));
  const lengths = Float64Array.from(views, ({ tokens }) => lengthOf(tokens, rarity));
  return { places, rarity, lengths };
}

function lengthOf(tokens: readonly Token[], rarity: TokenIndex["rarity"]): number {
  let squares = 0;
  for (const number of numbersOf(tokens)) squares += rarity(number) ** 2;
  return Math.sqrt(squares);
}

/**
 * Cosine of each item's features with those of an item, each feature weighed by log(items / items that have it): a feature of all items
 * counts for nothing (Salton & Buckley 1988, tf·idf with presence as term frequency).
 *
 * The index is made once for a list; a catalogue's list stays the same until the catalogue changes.
 * @returns in [0, 1], one for each view
 */
export function similarities(views: readonly ItemView[], item: ItemView): Float64Array {
  const index = indices.get(views) ?? makeIndex(views);
  indices.set(views, index);
  const products = new Float64Array(views.length);
  let squares = 0;
  for (const number of numbersOf(item.tokens)) {
    const square = index.rarity(number) ** 2;
    squares += square;
    for (const place of index.places.get(number) ?? [])
      products[place] = (products[place] ?? 0) + square;
  }
  const length = Math.sqrt(squares);
  return products.map((product, place) =>
    product === 0 ? 0 : product / (length * (index.lengths[place] ?? 0)),
  );
}
