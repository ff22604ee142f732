import { LastUsedMap } from "../../numeric/last-used-map.ts";
import { compareVersions, indexOfPlace, setVersion } from "../../policy/list-line.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import { filterOf } from "../rules/parse-filter.ts";
import { type ChangeLog, createChangeLog } from "./change-log.ts";
import type { EntryMap, PlacedEntry } from "./entry-map.ts";

/** The part of the catalogue that is wanted. */
export interface WantedItems {
  /** Each item has all of them. */
  readonly categories?: readonly string[] | undefined;
  /** Each item passes all of them. */
  readonly filters?: readonly string[];
  /** Milliseconds since 1970, for filters. */
  readonly now?: number;
}

/** Lists of available items that are kept, 20 B an item each. */
const keptLists = 20;

/** Items as policies and as rules see them, in one order. */
export interface OfferedList {
  readonly views: readonly ItemView[];
  readonly facts: readonly ItemFacts[];
  /** Numbers of the items in the order of creation, ascending. */
  readonly places: Int32Array;
}

interface KeptList {
  readonly list: OfferedList;
  /** As of which it was made; filters that don't say `now` see none. */
  readonly now: number | undefined;
  /** Version of the catalogue that it agrees with. */
  readonly asOf: number;
  /** Changes of the list. */
  readonly line: ChangeLog;
}

type IsWanted = (entry: PlacedEntry | undefined) => entry is PlacedEntry;

function wantedBy({ categories = [], filters = [], now = 0 }: WantedItems): IsWanted {
  const parsed = filters.map(filterOf);
  return (entry): entry is PlacedEntry =>
    entry?.available === true &&
    categories.every((category) => entry.facts.categories.includes(category)) &&
    parsed.every(({ passes }) => passes(entry.facts, now));
}

function listAvailable(entries: EntryMap["byPlace"], isWanted: IsWanted): OfferedList {
  const views: ItemView[] = [];
  const facts: ItemFacts[] = [];
  const places: number[] = [];
  for (const entry of entries) {
    if (!isWanted(entry)) continue;
    views.push(entry.view);
    facts.push(entry.facts);
    places.push(entry.place);
  }
  return { views, facts, places: Int32Array.from(places) };
}

const isSame = (left: readonly unknown[], right: readonly unknown[]) =>
  left.length === right.length && left.every((one, index) => one === right[index]);

/** Whether an item of a list, or one that is missing there, is as before. */
function isUnchanged(
  { views, facts, places }: OfferedList,
  place: number,
  entry: PlacedEntry | undefined,
): boolean {
  const index = indexOfPlace(places, place);
  if (places[index] !== place) return entry === undefined;
  return views[index] === entry?.view && facts[index] === entry?.facts;
}

type Comparison = ReturnType<typeof compareVersions>;

/** An array from that of another version. `concat` copies a part as a whole. */
function patchArray<T>(
  values: readonly T[],
  { parts, fresh }: Comparison,
  valueAt: (index: number) => T,
): readonly T[] {
  const copied = parts.map(({ from, to, length }) => ({
    to,
    values: values.slice(from, from + length),
  }));
  const made = fresh.map((index) => ({ to: index, values: [valueAt(index)] }));
  const pieces = [...copied, ...made].sort((left, right) => left.to - right.to);
  return ([] as T[]).concat(...pieces.map((piece) => piece.values));
}

/** Ascending places, without the changed ones that are not in, and with those that are. */
function patchPlaces(
  places: Int32Array,
  changed: readonly number[],
  isIn: (place: number) => boolean,
): Int32Array {
  const wasIn = (place: number) => places[indexOfPlace(places, place)] === place;
  if (changed.every((place) => isIn(place) === wasIn(place))) return places;
  const growth = changed.reduce(
    (sum, place) => sum + Number(isIn(place)) - Number(wasIn(place)),
    0,
  );
  const patched = new Int32Array(places.length + growth);
  let [from, to] = [0, 0];
  for (const place of changed) {
    const end = indexOfPlace(places, place);
    patched.set(places.subarray(from, end), to);
    to += end - from;
    from = places[end] === place ? end + 1 : end;
    if (isIn(place)) patched[to++] = place;
  }
  patched.set(places.subarray(from), to);
  return patched;
}

/** A list after changes of the catalogue. Views stay the same array if only facts have changed. */
function patchList(
  list: OfferedList,
  changed: readonly number[],
  find: (place: number) => PlacedEntry | undefined,
): OfferedList {
  const places = patchPlaces(list.places, changed, (place) => find(place) !== undefined);
  const comparison = compareVersions(list.places, places, changed);
  const entryAt = (index: number) => find(places[index] ?? -1) as PlacedEntry;
  const facts = patchArray(list.facts, comparison, (index) => entryAt(index).facts);
  const hasSameViews =
    places === list.places &&
    comparison.fresh.every((index) => list.views[index] === entryAt(index).view);
  const views = hasSameViews
    ? list.views
    : patchArray(list.views, comparison, (index) => entryAt(index).view);
  return { views, facts, places };
}

/** Places of items that one of two lists alone has, or that differ in them, ascending. */
function differingPlaces(left: OfferedList, right: OfferedList): readonly number[] {
  const differing: number[] = [];
  let at = 0;
  for (const [index, place] of right.places.entries()) {
    while ((left.places[at] ?? place) < place) differing.push(left.places[at++] ?? -1);
    const isShared = left.places[at] === place;
    const same =
      isShared && left.views[at] === right.views[index] && left.facts[at] === right.facts[index];
    if (!same) differing.push(place);
    if (isShared) at++;
  }
  return [...differing, ...left.places.subarray(at)];
}

/**
 * Lists of available items by wanted categories and filters. A list stays the same object as long as it has the same items; of a changed one
 * `listVersionOf` tells the changes.
 */
export function createOfferedLists({ byPlace, changes }: Pick<EntryMap, "byPlace" | "changes">): {
  list(wanted: WantedItems): OfferedList;
} {
  const kept = new LastUsedMap<string, KeptList>(keptLists);

  const keep = (key: string, { list, now, line }: Omit<KeptList, "asOf">): OfferedList => {
    kept.set(key, { list, now, line, asOf: changes.version });
    setVersion(list.views, { line, version: line.version, places: list.places });
    return list;
  };
  const follow = (key: string, known: KeptList, changed: readonly number[], isWanted: IsWanted) => {
    const { list, line, now } = known;
    const find = (place: number) => {
      const entry = byPlace[place];
      return isWanted(entry) ? entry : undefined;
    };
    const effective = changed.filter((place) => !isUnchanged(list, place, find(place)));
    if (effective.length === 0) return keep(key, known);
    line.add(effective);
    return keep(key, { list: patchList(list, effective, find), now, line });
  };
  const makeAnew = (
    key: string,
    known: KeptList | undefined,
    { isWanted, now }: { readonly isWanted: IsWanted; readonly now: number | undefined },
  ) => {
    const made = listAvailable(byPlace, isWanted);
    if (known === undefined) return keep(key, { list: made, now, line: createChangeLog() });
    const { line, list: before } = known;
    const differing = differingPlaces(before, made);
    if (differing.length === 0) return keep(key, { list: before, now, line });
    line.add(differing);
    const views = isSame(before.views, made.views) ? before.views : made.views;
    return keep(key, { list: { ...made, views }, now, line });
  };
  return {
    list: (wanted) => {
      const { categories = [], filters = [] } = wanted;
      const key = JSON.stringify([categories, filters]);
      const dependsOnTime = filters.some((filter) => filterOf(filter).dependsOnTime);
      const now = dependsOnTime ? wanted.now : undefined;
      const known = kept.get(key);
      const isOfNow = known !== undefined && known.now === now;
      if (isOfNow && known.asOf === changes.version) return known.list;
      const changed = isOfNow ? changes.changedSince(known.asOf) : undefined;
      const isWanted = wantedBy(wanted);
      return known === undefined || changed === undefined
        ? makeAnew(key, known, { isWanted, now })
        : follow(key, known, changed, isWanted);
    },
  };
}
