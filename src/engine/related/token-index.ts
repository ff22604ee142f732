import { itemTokenBuckets, type Token } from "../../policy/item-features.ts";
import {
  indexOfPlace,
  type ListLine,
  type ListVersion,
  listVersionOf,
} from "../../policy/list-line.ts";
import type { ItemView } from "../../policy/policy.ts";

/** Features of a list's items. */
interface TokenIndex extends Pick<ListVersion, "places"> {
  readonly views: readonly ItemView[];
  /** By hashed feature: places of the items that have it, ascending. */
  readonly postings: readonly (readonly number[])[];
  /** Weight of each hashed feature, log(items / items that have it). */
  readonly rarity: Float64Array;
  /** Length of an item's weighted features, by index; 0 if nobody has asked for it. */
  readonly lengths: Float64Array;
}

/** Of lists that come of no other one. */
const indices = new WeakMap<readonly ItemView[], TokenIndex>();
/** Of the newest version of a line, which has its postings. */
const newest = new WeakMap<ListLine, TokenIndex & Pick<ListVersion, "version">>();

const numbersOf = (tokens: readonly Token[]) => new Set(tokens.map(({ index }) => index));

function lengthOf(tokens: readonly Token[], rarity: Float64Array): number {
  let squares = 0;
  // Few tokens: a set an item would take longer than the comparisons.
  for (const [place, { index }] of tokens.entries())
    if (tokens.findIndex((other) => other.index === index) === place)
      squares += (rarity[index] ?? 0) ** 2;
  return Math.sqrt(squares);
}

const weigh = (
  views: readonly ItemView[],
  places: Int32Array,
  postings: readonly number[][],
): TokenIndex => ({
  views,
  places,
  postings,
  rarity: Float64Array.from(postings, ({ length }) => Math.log(views.length / (length || 1))),
  lengths: new Float64Array(views.length),
});

function makeIndex(views: readonly ItemView[], places: Int32Array): TokenIndex {
  const postings = Array.from({ length: itemTokenBuckets }, (): number[] => []);
  for (let index = 0; index < views.length; index++)
    for (const number of numbersOf(views[index]?.tokens ?? []))
      postings[number]?.push(places[index] ?? -1);
  return weigh(views, places, postings);
}

/** The postings of another version, changed in their place: it is not asked again. */
function followIndex(
  before: TokenIndex,
  { views, places }: Pick<TokenIndex, "views" | "places">,
  changed: readonly number[],
): TokenIndex {
  const postings = before.postings as readonly number[][];
  const viewAt = (list: Pick<TokenIndex, "views" | "places">, place: number) => {
    const index = indexOfPlace(list.places, place);
    return list.places[index] === place ? list.views[index] : undefined;
  };
  for (const place of changed) {
    const [old, now] = [viewAt(before, place), viewAt({ views, places }, place)];
    if (old === now) continue;
    for (const number of numbersOf(old?.tokens ?? [])) {
      const posting = postings[number] ?? [];
      posting.splice(indexOfPlace(posting, place), 1);
    }
    for (const number of numbersOf(now?.tokens ?? [])) {
      const posting = postings[number] ?? [];
      posting.splice(indexOfPlace(posting, place), 0, place);
    }
  }
  return weigh(views, places, postings);
}

function indexOf(views: readonly ItemView[]): TokenIndex {
  const version = listVersionOf(views);
  const known = version ? newest.get(version.line) : indices.get(views);
  if (known?.views === views) return known;
  if (version === undefined) {
    const made = makeIndex(views, Int32Array.from(views.keys()));
    indices.set(views, made);
    return made;
  }
  const before = newest.get(version.line);
  // A request that began before a change gets an index of its own.
  if (before && before.version > version.version) return makeIndex(views, version.places);
  const changed = before && version.line.changedSince(before.version);
  const made =
    before && changed
      ? followIndex(before, { views, places: version.places }, changed)
      : makeIndex(views, version.places);
  newest.set(version.line, { ...made, version: version.version });
  return made;
}

/**
 * Cosine of each item's features with those of an item, each feature weighed by log(items / items that have it): a feature of all items
 * counts for nothing (Salton & Buckley 1988, tf·idf with presence as term frequency).
 *
 * The index is made once for a list, and follows its changes.
 * @returns in [0, 1], one for each view
 */
export function similarities(views: readonly ItemView[], item: ItemView): Float64Array {
  const { places, postings, rarity, lengths } = indexOf(views);
  const byPlace = new Float64Array((places.at(-1) ?? -1) + 1);
  let squares = 0;
  for (const number of numbersOf(item.tokens)) {
    const square = (rarity[number] ?? 0) ** 2;
    squares += square;
    for (const place of postings[number] ?? []) byPlace[place] = (byPlace[place] ?? 0) + square;
  }
  const length = Math.sqrt(squares);
  const cosines = new Float64Array(views.length);
  for (let index = 0; index < cosines.length; index++) {
    const product = byPlace[places[index] ?? -1] ?? 0;
    if (product === 0) continue;
    const own = lengths[index] || lengthOf(views[index]?.tokens ?? [], rarity);
    lengths[index] = own;
    cosines[index] = product / (length * own);
  }
  return cosines;
}
