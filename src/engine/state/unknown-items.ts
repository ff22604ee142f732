import type { ItemId } from "../../domain/ids.ts";
import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { ItemView } from "../../policy/policy.ts";

/** Ids that are remembered, 0.2 kB each; anyone may send events about items that the catalogue never had. */
const remembered = 100_000;

/**
 * Views of items that never were in the catalogue, without features. Kept, because batches
 * distinguish items by their view; beyond the capacity the least recently used is dropped,
 * and returns as another view.
 */
export function createUnknownItems(capacity: number = remembered): (itemId: ItemId) => ItemView {
  const views = new LastUsedMap<ItemId, ItemView>(capacity);
  return (itemId) => {
    const known = views.get(itemId);
    if (known !== undefined) return known;
    const view = { itemId, sequence: 0, tokens: [] };
    views.set(itemId, view);
    return view;
  };
}
