import type { ItemId } from "../../domain/ids.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { DamagedRows, ItemStore } from "../../storage/store.ts";
import { readEntries } from "./catalogue-entry.ts";
import { createEntryMap } from "./entry-map.ts";
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
  /** In the order in which the items were created, which is the same in every process. */
  available(): readonly ItemView[];
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
  let offered: readonly ItemView[] | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const readChanges = async (asOf: number) => {
    if (asOf <= map.sequence) return;
    const changes = await items.changes({ after: map.sequence, asOf });
    const newest = changes.at(-1);
    if (newest === undefined) return;
    const byCreation = changes.toSorted((left, right) => left.created - right.created);
    map.step(await readEntries(items, byCreation, text), newest.sequence);
    offered = undefined;
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
      if (asOf < map.sequence) offered = undefined;
      return map.rewind(asOf);
    },
    find,
    isWithdrawn: (itemId) => entries.get(itemId)?.available === false,
    categoriesOf: (itemId) => entries.get(itemId)?.categories ?? [],
    get: (itemId) => entries.get(itemId)?.view ?? viewUnknown(itemId),
    available: () => {
      offered ??= [...entries.values()].filter((entry) => entry.available).map(({ view }) => view);
      return offered;
    },
    ids: () => entries.keys(),
    damaged: () => {
      const damaged = [...entries.values()]
        .filter(({ isDamaged }) => isDamaged)
        .sort((left, right) => left.sequence - right.sequence);
      return { ids: damaged.map(({ view }) => view.itemId), count: damaged.length };
    },
  };
}
