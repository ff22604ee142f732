import type { ItemId } from "../../domain/ids.ts";
import { indexOfPlace } from "../../policy/list-line.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { ItemStore } from "../../storage/item-store.ts";
import type { DamagedRows } from "../../storage/revision-store.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import { type Entry, readEntries } from "./catalogue-entry.ts";
import { createEntryMap, type EntryMap } from "./entry-map.ts";
import { createOfferedLists, type OfferedList, type WantedItems } from "./offered-lists.ts";
import type { TextSettings } from "./text/text-features.ts";
import { createUnknownItems } from "./unknown-items.ts";
import { createValueAges, type ValueAges } from "./value-ages.ts";

/** The items in memory, as of an event number. Grows with the catalogue: about 1 kB an item. */
export interface Catalogue {
  /** Event number of the newest change that is in here. */
  readonly sequence: number;
  /** Reads the changes up to `asOf`. */
  refresh(asOf: number): Promise<void>;
  /** An existing item, withdrawn or not. */
  find(itemId: ItemId): ItemView | undefined;
  isWithdrawn(itemId: ItemId): boolean;
  /** As rules see it; an item that does not exist has nothing. */
  factsOf(itemId: ItemId): ItemFacts;
  /** For histories: a deleted item has its last features, an unknown one has none. */
  get(itemId: ItemId): ItemView;
  /**
   * The wanted ones that are not withdrawn, in the order in which the items were created, which is the same in every process. The same
   * list until the catalogue changes, or a filter that says `now` gives another: policies keep their numbers of it.
   */
  available(wanted?: WantedItems): readonly ItemView[];
  /** The same list with the facts of its items as of now: further changes don't reach it. */
  offered(wanted: WantedItems): OfferedList;
  /** Indices of these items in a list, ascending; none of an item that is not there. */
  indicesIn(list: OfferedList, items: Iterable<ItemId>): readonly number[];
  /** @param since milliseconds since 1970 */
  newValues: ValueAges["newValues"];
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

/** Entries that are damaged, without a look at all others: monitoring asks for them often. */
function createDamaged() {
  const entries = new Map<ItemId, Entry>();
  return {
    replace: (before: Entry | undefined, after: Entry | undefined): void => {
      if (before?.isDamaged) entries.delete(before.view.itemId);
      if (after?.isDamaged) entries.set(after.view.itemId, after);
    },
    list: (): DamagedRows => {
      const found = [...entries.values()].sort((left, right) => left.sequence - right.sequence);
      return { ids: found.map(({ view }) => view.itemId), count: found.length };
    },
  };
}

/** Of items in a list, ascending. */
function findIndices(
  entries: EntryMap["entries"],
  { places }: OfferedList,
  items: Iterable<ItemId>,
): readonly number[] {
  const found: number[] = [];
  for (const itemId of items) {
    const place = entries.get(itemId)?.place;
    if (place === undefined) continue;
    const index = indexOfPlace(places, place);
    if (places[index] === place) found.push(index);
  }
  return found.sort((left, right) => left - right);
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
  const ages = createValueAges(() => entries.values());
  const damaged = createDamaged();
  const map = createEntryMap(remembered, (before, after) => {
    ages.replace(before, after);
    damaged.replace(before, after);
  });
  const { entries } = map;
  const viewUnknown = createUnknownItems();
  const offered = createOfferedLists(map);
  let running: Promise<unknown> = Promise.resolve();

  const readChanges = async (asOf: number) => {
    if (asOf <= map.sequence) return;
    const changes = await items.changes({ after: map.sequence, asOf });
    const newest = changes.at(-1);
    if (newest === undefined) return;
    const byCreation = changes.toSorted((left, right) => left.created - right.created);
    map.step(await readEntries(items, byCreation, text), newest.sequence);
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
    rewind: (asOf) => map.rewind(asOf),
    find,
    isWithdrawn: (itemId) => entries.get(itemId)?.available === false,
    factsOf: (itemId) => entries.get(itemId)?.facts ?? { itemId, categories: [], attributes: {} },
    get: (itemId) => entries.get(itemId)?.view ?? viewUnknown(itemId),
    available: (wanted = {}) => offered.list(wanted).views,
    offered: (wanted) => offered.list(wanted),
    indicesIn: (list, items) => findIndices(entries, list, items),
    newValues: ages.newValues,
    ids: () => entries.keys(),
    damaged: damaged.list,
  };
}
