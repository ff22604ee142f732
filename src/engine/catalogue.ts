import type { Item } from "../domain/catalogue.ts";
import type { ItemId } from "../domain/ids.ts";
import { itemTokens } from "../policy/item-features.ts";
import type { ItemView } from "../policy/policy.ts";
import type { ItemStore } from "../storage/store.ts";

interface Entry {
  readonly view: ItemView;
  /** Withdrawn and deleted items stay: they are part of histories. */
  readonly available: boolean;
}

/** The items in memory, as of an event number. Grows with the catalogue: about 1 kB an item. */
export interface Catalogue {
  /** Event number of the newest change that is in here. */
  readonly sequence: number;
  /** Reads what changed up to `asOf`. */
  refresh(asOf: number): Promise<void>;
  find(itemId: ItemId): ItemView | undefined;
  /** For histories: an item that is not known is seen without features. */
  get(itemId: ItemId): ItemView;
  available(): readonly ItemView[];
}

const toView = (itemId: ItemId, sequence: number, item: Item): Entry => ({
  view: { itemId, sequence, tokens: itemTokens(item) },
  available: item.available,
});

export function createCatalogue(items: ItemStore): Catalogue {
  const entries = new Map<ItemId, Entry>();
  let sequence = 0;
  let offered: readonly ItemView[] | undefined;

  const refresh = async (asOf: number) => {
    if ((await items.sequence()) <= sequence) return;
    const changes = await items.changes({ after: sequence, asOf });
    for (const { itemId, sequence: changed, item } of changes) {
      const old = entries.get(itemId);
      if (item !== undefined) entries.set(itemId, toView(itemId, changed, item));
      else if (old !== undefined) entries.set(itemId, { ...old, available: false });
      sequence = Math.max(sequence, changed);
      offered = undefined;
    }
  };
  const find = (itemId: ItemId) => entries.get(itemId)?.view;
  return {
    get sequence() {
      return sequence;
    },
    refresh,
    find,
    get: (itemId) => find(itemId) ?? { itemId, sequence: 0, tokens: [] },
    available: () => {
      offered ??= [...entries.values()].filter((entry) => entry.available).map(({ view }) => view);
      return offered;
    },
  };
}
