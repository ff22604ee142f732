import type { Item, Revision } from "../../domain/catalogue.ts";
import { itemTokens } from "../../policy/item-features.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { ItemChange, ItemStore } from "../../storage/item-store.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import { featuresOf } from "./notes.ts";
import { openTextFeatures, type TextFeatures, type TextSettings } from "./text/text-features.ts";

/** An item of the catalogue at one revision. */
export interface Entry {
  readonly view: ItemView;
  /** Event number of the revision; the view's is that of the first one with its features. */
  readonly sequence: number;
  readonly available: boolean;
  /** As rules see it. */
  readonly facts: ItemFacts;
  /** Deleted items stay, as they were last: they are part of histories. */
  readonly deleted: boolean;
  readonly isDamaged?: true;
}

/** @param text makes features of the item's text; without, its words are features like any others */
async function toView(item: Revision<Item>, text?: TextFeatures): Promise<ItemView> {
  const { itemId, sequence, categories } = item;
  const attributes = featuresOf(item.attributes);
  if (text === undefined) {
    return { itemId, sequence, tokens: itemTokens({ categories, attributes }) };
  }
  const { names, rest, vector } = await text.read(attributes);
  const tokens = itemTokens({ categories, attributes: rest }, names);
  return { itemId, sequence, tokens, ...(vector && { text: vector }) };
}

const factsOf = (
  { itemId, categories, attributes }: Item,
  { createdAt }: ItemChange,
): ItemFacts => ({ itemId, categories, attributes, ...(createdAt !== undefined && { createdAt }) });

/**
 * Every read at an event number must give the same, so a deleted item's last revision is read, not
 * remembered.
 */
async function toEntry(
  items: ItemStore,
  change: ItemChange,
  text?: TextFeatures,
): Promise<Entry | undefined> {
  const { itemId, sequence, item, isDamaged } = change;
  if (item !== undefined) {
    const view = await toView({ ...item, sequence }, text);
    const { available } = item;
    return {
      view,
      sequence,
      available,
      facts: factsOf(item, change),
      deleted: false,
      ...(isDamaged && { isDamaged }),
    };
  }
  const last = await items.find(itemId, sequence - 1);
  if (last === undefined) return undefined;
  const view = await toView(last, text);
  return { view, sequence, available: false, facts: factsOf(last, change), deleted: true };
}

/** Entries of changes, in their order. */
export async function readEntries(
  items: ItemStore,
  changes: readonly ItemChange[],
  text?: TextSettings,
): Promise<readonly Entry[]> {
  const features = text && (await openTextFeatures(text));
  const entries = await Promise.all(changes.map((change) => toEntry(items, change, features)));
  return entries.filter((entry) => entry !== undefined);
}
