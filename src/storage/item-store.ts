import type { Item } from "../domain/catalogue.ts";
import type { ItemId } from "../domain/ids.ts";
import type { RevisionStore } from "./revision-store.ts";

/** A change of the catalogue: the new revision, or `undefined` if the item was deleted. */
export interface ItemChange {
  readonly itemId: ItemId;
  readonly sequence: number;
  /** Event number of the item's first revision. */
  readonly created: number;
  /** Time of that revision, milliseconds since 1970; absent if it is not on record. */
  readonly createdAt?: number;
  readonly item: Item | undefined;
  /** The row is not a valid item: it is read as withdrawn, with its readable fields. */
  readonly isDamaged?: true;
}

/** Items with all their revisions. */
export interface ItemStore extends RevisionStore<Item, ItemId> {
  /**
   * Highest event number of any item revision, 0 without items: a cache compares it with its own.
   */
  sequence(): Promise<number>;
  /** The newest state ≤ `asOf` of every item that changed in (`after`, `asOf`], deletions included, by event number. */
  changes(options: {
    readonly after: number;
    readonly asOf: number;
  }): Promise<readonly ItemChange[]>;
}
