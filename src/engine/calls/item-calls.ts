import type { ItemInput } from "../../contract/items.ts";
import type { Item, Revision } from "../../domain/catalogue.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { Page, PutSummary } from "../../storage/revision-store.ts";
import type { PageInput } from "../input/input.ts";

/** Items of the catalogue. */
export interface ItemCalls {
  /**
   * Writes whole items, all or none, at most 1000.
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * const items = [{ itemId: "tea", categories: ["drink"] }, { itemId: "pot" }];
   * console.log(await recurve.putItems(items)); // { created: 2, updated: 0, unchanged: 0 }
   * await recurve.close();
   */
  putItems(items: readonly ItemInput[]): Promise<PutSummary>;
  /** The item as it is now; undefined if it does not exist. */
  findItem(itemId: string): Promise<Revision<Item> | undefined>;
  /** Ends an item; earlier decisions keep it. False if it did not exist. */
  deleteItem(itemId: string): Promise<boolean>;
  /** A page of items in order of id, by default 100. */
  listItems(page?: PageInput): Promise<Page<Item, ItemId>>;
}
