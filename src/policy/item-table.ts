import { keepByList } from "./by-list.ts";
import type { ItemEmbedder } from "./item-embedder.ts";
import type { NetworkShape } from "./network.ts";
import type { ItemView } from "./policy.ts";
import { lengthOf } from "./table-product.ts";

/** The items that a network has embedded, each once a revision, as rows of one table. */
export interface ItemTable {
  /** Embeds the items of these lists that no row has yet. */
  load(lists: readonly (readonly ItemView[])[]): Promise<void>;
  /** Of a list that was loaded. */
  rowsOf(views: readonly ItemView[]): Int32Array;
  /** For each row and head e and b + u·e; another array once it has grown. */
  readonly values: Float32Array;
  /** Numbers of a row: heads · (width + 1). */
  readonly stride: number;
  /** Length of the longest row that there was. */
  readonly longest: number;
}

/** Rows by item. Weak: the row of a revision that the catalogue has dropped goes to a new one. */
function createRows() {
  const rows = new WeakMap<ItemView, number>();
  const free: number[] = [];
  const dropped = new FinalizationRegistry<number>((row) => free.push(row));
  let used = 0;
  return {
    find: (view: ItemView) => rows.get(view),
    add: (view: ItemView): number => {
      const row = free.pop() ?? used++;
      rows.set(view, row);
      dropped.register(view, row);
      return row;
    },
    /** Rows that there must be room for if so many are added. */
    sizeWith: (added: number) => used + Math.max(0, added - free.length),
  };
}

export function createItemTable(embedder: ItemEmbedder, { heads, width }: NetworkShape): ItemTable {
  const stride = heads * (width + 1);
  const rows = createRows();
  /** Lists whose items all have rows. */
  const complete = new WeakSet<readonly ItemView[]>();
  let values = new Float32Array();
  let longest = 0;
  let running: Promise<unknown> = Promise.resolve();

  const reserve = (added: number) => {
    const size = rows.sizeWith(added) * stride;
    if (size <= values.length) return;
    const grown = new Float32Array(
      Math.max(size, stride * Math.ceil((1.5 * values.length) / stride)),
    );
    grown.set(values);
    values = grown;
  };
  const findMissing = (lists: readonly (readonly ItemView[])[]) => {
    const missing = new Set<ItemView>();
    for (const list of lists) {
      if (complete.has(list)) continue;
      for (const view of list) if (rows.find(view) === undefined) missing.add(view);
    }
    return [...missing];
  };
  const embed = async (views: readonly ItemView[]) => {
    const vectors = await embedder.embed(views);
    reserve(views.length);
    for (const [index, view] of views.entries()) {
      const start = rows.add(view) * stride;
      const vector = vectors[index]!;
      for (let head = 0; head < heads; head++) {
        const own = start + head * (width + 1);
        values.set(vector.subarray(head * width, (head + 1) * width), own);
        values[own + width] = vector[heads * width + head]!;
      }
      longest = Math.max(longest, lengthOf(vector));
    }
  };
  return {
    load: async (lists) => {
      if (findMissing(lists).length > 0) {
        // One after the other: requests at a start must not each embed the whole catalogue.
        const mine = running.then(() => embed(findMissing(lists)));
        running = mine.catch(() => {});
        await mine;
      }
      for (const list of lists) complete.add(list);
    },
    rowsOf: keepByList((views) => Int32Array.from(views, (view) => rows.find(view)!)),
    get values() {
      return values;
    },
    stride,
    get longest() {
      return longest;
    },
  };
}
