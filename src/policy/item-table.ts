import { createSeenLists } from "./by-list.ts";
import type { ItemEmbedder } from "./item-embedder.ts";
import { createKnownRows, growByRow, rowsOf } from "./item-rows.ts";
import { partOf } from "./list-part.ts";
import type { NetworkShape } from "./network.ts";
import type { ItemView } from "./policy.ts";

/** The items that a network has embedded, each once a revision, in the rows of `rowsOf`. */
export interface ItemTable {
  /** Embeds the items of these lists that no row has yet. */
  load(lists: readonly (readonly ItemView[])[]): Promise<void>;
  /** For each row and head e and b + u·e; another array once it has grown. */
  readonly values: Float32Array;
  /** Numbers of a row: heads · (width + 1). */
  readonly stride: number;
}

export function createItemTable(embedder: ItemEmbedder, { heads, width }: NetworkShape): ItemTable {
  const stride = heads * (width + 1);
  /** Lists whose items all have been loaded. */
  const complete = createSeenLists();
  const loaded = createKnownRows();
  let values = new Float32Array();
  let running: Promise<unknown> = Promise.resolve();

  /** Items of a list that may be missing; undefined if all may be. */
  const freshIn = (list: readonly ItemView[]) => {
    const whole = partOf(list)?.whole;
    return whole && complete.newIn(whole)?.length === 0 ? [] : complete.newIn(list);
  };
  const findMissing = (lists: readonly (readonly ItemView[])[]) => {
    const missing = new Map<number, ItemView>();
    for (const list of lists) {
      const fresh = freshIn(list);
      if (fresh?.length === 0) continue;
      const rows = rowsOf(list);
      for (let at = 0; at < (fresh?.length ?? rows.length); at++) {
        const index = fresh?.[at] ?? at;
        const row = rows[index]!;
        if (!loaded.has(row)) missing.set(row, list[index]!);
      }
    }
    return missing;
  };
  const embed = async (missing: ReadonlyMap<number, ItemView>) => {
    const embedded = await embedder.embed([...missing.values()]);
    values = growByRow(values, stride);
    let start = 0;
    for (const row of missing.keys()) {
      const vector = embedded.subarray(start, start + stride);
      values.set(vector, row * stride);
      loaded.add(row);
      start += stride;
    }
  };
  return {
    load: async (lists) => {
      if (findMissing(lists).size > 0) {
        // One after the other: requests at a start must not each embed the whole catalogue.
        const mine = running.then(() => embed(findMissing(lists)));
        running = mine.catch(() => {});
        await mine;
      }
      for (const list of lists) complete.add(list);
    },
    get values() {
      return values;
    },
    stride,
  };
}
