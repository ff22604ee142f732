import type { Item, Revision } from "../../domain/catalogue.ts";
import type { ItemId } from "../../domain/ids.ts";
import { itemTokens } from "../../policy/item-features.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { DamagedRows, ItemChange, ItemStore } from "../../storage/store.ts";
import { openTextFeatures, type TextFeatures, type TextSettings } from "./text/text-features.ts";
import { createUnknownItems } from "./unknown-items.ts";

interface Entry {
  readonly view: ItemView;
  readonly available: boolean;
  /** Deleted items stay, as they were last: they are part of histories. */
  readonly deleted: boolean;
}

/** The items in memory, as of an event number. Grows with the catalogue: about 1 kB an item. */
export interface Catalogue {
  /** Event number of the newest change that is in here. */
  readonly sequence: number;
  /** Reads the changes up to `asOf`. */
  refresh(asOf: number): Promise<void>;
  /** An existing item, withdrawn or not. */
  find(itemId: ItemId): ItemView | undefined;
  isWithdrawn(itemId: ItemId): boolean;
  /** For histories: a deleted item has its last features, an unknown one has none. */
  get(itemId: ItemId): ItemView;
  available(): readonly ItemView[];
  /** Of every item, deleted ones included. */
  ids(): Iterable<ItemId>;
  /** Items that were written without checks and are no items, in the order in which they were written. */
  damaged(): DamagedRows;
}

/** @param text makes features of the item's text; without, its words are features like any others */
async function toView(item: Revision<Item>, text?: TextFeatures): Promise<ItemView> {
  const { itemId, sequence, categories } = item;
  if (text === undefined) return { itemId, sequence, tokens: itemTokens(item) };
  const { names, rest, vector } = await text.read(item.attributes);
  const tokens = itemTokens({ categories, attributes: rest }, names);
  return { itemId, sequence, tokens, ...(vector && { text: vector }) };
}

/**
 * Every read at an event number must give the same, so a deleted item's last revision is read, not
 * remembered.
 */
async function toEntry(
  items: ItemStore,
  change: ItemChange,
  text?: TextFeatures,
): Promise<Entry | undefined> {
  const { itemId, sequence, item } = change;
  if (item !== undefined) {
    const view = await toView({ ...item, sequence }, text);
    return { view, available: item.available, deleted: false };
  }
  const last = await items.find(itemId, sequence - 1);
  return last && { view: await toView(last, text), available: false, deleted: true };
}

/** @param text attributes that hold text for the sentence encoder, if there is one */
export function createCatalogue(items: ItemStore, text?: TextSettings): Catalogue {
  const entries = new Map<ItemId, Entry>();
  const viewUnknown = createUnknownItems();
  let sequence = 0;
  const damaged = new Set<ItemId>();
  let offered: readonly ItemView[] | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const readChanges = async (asOf: number) => {
    if (asOf <= sequence) return;
    const changes = await items.changes({ after: sequence, asOf });
    const features = text && (await openTextFeatures(text));
    const changed = await Promise.all(changes.map((change) => toEntry(items, change, features)));
    for (const [index, change] of changes.entries()) {
      const entry = changed[index];
      if (entry !== undefined) entries.set(change.itemId, entry);
      damaged.delete(change.itemId);
      if (change.isDamaged) damaged.add(change.itemId);
      sequence = change.sequence;
      offered = undefined;
    }
  };
  // One after the other: texts can take long to embed, and a call in between must not read it all
  // anew.
  const refresh = async (asOf: number) => {
    if ((await items.sequence()) <= sequence) return;
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
      return sequence;
    },
    refresh,
    find,
    isWithdrawn: (itemId) => entries.get(itemId)?.available === false,
    get: (itemId) => entries.get(itemId)?.view ?? viewUnknown(itemId),
    available: () => {
      offered ??= [...entries.values()].filter((entry) => entry.available).map(({ view }) => view);
      return offered;
    },
    ids: () => entries.keys(),
    damaged: () => ({ ids: [...damaged], count: damaged.size }),
  };
}
