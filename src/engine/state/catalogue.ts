import type { ItemId } from "../../domain/ids.ts";
import { findIndex } from "../../numeric/find-index.ts";
import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { DamagedRows, ItemStore } from "../../storage/store.ts";
import { type Entry, readEntries } from "./catalogue-entry.ts";
import { createEntryMap, type EntryMap } from "./entry-map.ts";
import type { TextSettings } from "./text/text-features.ts";
import { createUnknownItems } from "./unknown-items.ts";

/** The items in memory, as of an event number. Grows with the catalogue: about 1 kB an item. */
export interface Catalogue {
  /** Event number of the newest change that is in here. */
  readonly sequence: number;
  /** Reads the changes up to `asOf`. */
  refresh(asOf: number): Promise<void>;
  /** An existing item, withdrawn or not. */
  find(itemId: ItemId): ItemView | undefined;
  isWithdrawn(itemId: ItemId): boolean;
  /** None of an item that does not exist. */
  categoriesOf(itemId: ItemId): readonly string[];
  /** For histories: a deleted item has its last features, an unknown one has none. */
  get(itemId: ItemId): ItemView;
  /**
   * Those of all these categories, in the order in which the items were created, which is the same in every process. The same list
   * until the catalogue changes: policies keep what they know of it.
   */
  available(categories?: readonly string[]): readonly ItemView[];
  /** Indices of these items in a list that is in the order of `available`, ascending; none of an item that is not there. */
  indicesIn(list: readonly ItemView[], items: Iterable<ItemId>): readonly number[];
  /** Of every item, deleted ones included. */
  ids(): Iterable<ItemId>;
  /** Items that were written without checks and are no items, in the order in which they were written. */
  damaged(): DamagedRows;
}

/** A catalogue that can go back. */
export interface SteppingCatalogue extends Catalogue {
  /** Takes back the changes after `asOf`; false if they are no longer remembered. */
  rewind(asOf: number): boolean;
}

/** Lists of available items that are kept, 8 B an item each. */
const keptLists = 20;

function listAvailable(entries: Iterable<Entry>, wanted: readonly string[]): readonly ItemView[] {
  const views: ItemView[] = [];
  for (const { available, categories, view } of entries)
    if (available && wanted.every((category) => categories.includes(category))) views.push(view);
  return views;
}

function listDamaged(entries: Iterable<Entry>): DamagedRows {
  const damaged = [...entries]
    .filter(({ isDamaged }) => isDamaged)
    .sort((left, right) => left.sequence - right.sequence);
  return { ids: damaged.map(({ view }) => view.itemId), count: damaged.length };
}

/** Of items in a list in the order of creation, ascending. */
function findIndices(
  entries: EntryMap["entries"],
  list: readonly ItemView[],
  items: Iterable<ItemId>,
): readonly number[] {
  const placeOf = (itemId: ItemId | undefined) =>
    (itemId && entries.get(itemId)?.place) ?? Number.POSITIVE_INFINITY;
  const found = Array.from(items, (itemId) => {
    const index = findIndex(list.length, (at) => placeOf(list[at]?.itemId) >= placeOf(itemId));
    return list[index]?.itemId === itemId ? index : -1;
  });
  return found.filter((index) => index !== -1).sort((left, right) => left - right);
}

/**
 * @param options.text attributes that hold text for the sentence encoder, if there is one
 * @param options.remembered changes that `rewind` can take back, and all of the last refresh
 */
export function createCatalogue(
  items: ItemStore,
  {
    text,
    remembered = 0,
  }: { readonly text?: TextSettings | undefined; readonly remembered?: number } = {},
): SteppingCatalogue {
  const map = createEntryMap(remembered);
  const { entries } = map;
  const viewUnknown = createUnknownItems();
  /** By categories. */
  const offered = new LastUsedMap<string, readonly ItemView[]>(keptLists);
  let running: Promise<unknown> = Promise.resolve();

  const readChanges = async (asOf: number) => {
    if (asOf <= map.sequence) return;
    const changes = await items.changes({ after: map.sequence, asOf });
    const newest = changes.at(-1);
    if (newest === undefined) return;
    const byCreation = changes.toSorted((left, right) => left.created - right.created);
    map.step(await readEntries(items, byCreation, text), newest.sequence);
    offered.clear();
  };
  // One after the other: texts can take long to embed, and a call in between must not read it all
  // anew.
  const refresh = async (asOf: number) => {
    if ((await items.sequence()) <= map.sequence) return;
    const mine = running.then(() => readChanges(asOf));
    running = mine.catch(() => {});
    await mine;
  };
  const find = (itemId: ItemId) => {
    const entry = entries.get(itemId);
    return entry?.deleted ? undefined : entry?.view;
  };
  return {
    get sequence() {
      return map.sequence;
    },
    refresh,
    rewind: (asOf) => {
      if (asOf < map.sequence) offered.clear();
      return map.rewind(asOf);
    },
    find,
    isWithdrawn: (itemId) => entries.get(itemId)?.available === false,
    categoriesOf: (itemId) => entries.get(itemId)?.categories ?? [],
    get: (itemId) => entries.get(itemId)?.view ?? viewUnknown(itemId),
    available: (categories = []) => {
      const key = JSON.stringify(categories);
      const list = offered.get(key) ?? listAvailable(entries.values(), categories);
      offered.set(key, list);
      return list;
    },
    indicesIn: (list, items) => findIndices(entries, list, items),
    ids: () => entries.keys(),
    damaged: () => listDamaged(entries.values()),
  };
}
