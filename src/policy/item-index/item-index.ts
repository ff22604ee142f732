import { createSeenLists } from "../by-list.ts";
import { indicesByRow, rowOf, rowsOf } from "../item-rows.ts";
import type { BestWanted, ItemView } from "../policy.ts";
import { createBestOfList, type ListedRows, rowsFound } from "./best-of-list.ts";
import { type ByteBlocks, blockRows, createByteBlocks } from "./byte-blocks.ts";
import { type ByteScale, boundError, createRange, weighBytes } from "./byte-scale.ts";
import { indicesOf, narrow } from "./found-rows.ts";
import { createScanner, type Scanner } from "./scan.ts";

/** Vectors beyond the range of the others, after which a new range is measured. */
const mostOutside = 1000;

/** Vectors are written in slices, between which other work comes. */
const sliceMs = 4;

/** Best products of a vector with the items' vectors, and with additions. */
interface BestQuery extends BestWanted {
  readonly vector: Float64Array;
  /** Of a few items, by index. */
  readonly additions: ReadonlyMap<number, number>;
}

/** Finds the items of the largest products with a vector, by products of bytes whose error is known. */
export interface ItemIndex {
  find(views: readonly ItemView[], query: BestQuery): Promise<Int32Array>;
  close(): Promise<void>;
}

/** Calls for each index below a count, with pauses. */
async function inSlices(count: number, use: (index: number) => void): Promise<void> {
  let since = performance.now();
  for (let index = 0; index < count; index++) {
    use(index);
    if (index % 256 !== 0 || performance.now() - since < sliceMs) continue;
    await new Promise(setImmediate);
    since = performance.now();
  }
}

/** The product of weights with a row's bytes. */
function multiplyRow({ blocks, width }: ByteBlocks, row: number, weights: Int8Array): number {
  const block = blocks[Math.floor(row / blockRows)]!;
  const start = (row % blockRows) * width;
  let sum = 0;
  for (let i = 0; i < width; i++) sum += weights[i]! * block[start + i]!;
  return sum;
}

/** Indices of items whose bytes say little. */
const outsideIn = ({ rows, indices }: ListedRows, { outside }: ByteBlocks): readonly number[] =>
  [...outside].flatMap((row) => {
    const index = indices[row] ?? -1;
    return rows[index] === row ? [index] : [];
  });

interface ItemTable {
  readonly blocks: ByteBlocks;
  readonly scale: ByteScale;
}

/** Keeps the bytes of all items that were in a list. */
function createTable(
  width: number,
  write: (view: ItemView, vector: Float64Array) => void,
): (views: readonly ItemView[]) => ItemTable | Promise<ItemTable> {
  const vector = new Float64Array(width);
  const vectorOf = (view: ItemView) => {
    write(view, vector);
    return vector;
  };
  let built: ItemTable | undefined;
  let seen = createSeenLists();
  let running: Promise<unknown> = Promise.resolve();

  /** A range of the first list, which has most items of those to come. */
  const begin = async (views: readonly ItemView[]) => {
    const range = createRange(width);
    await inSlices(views.length, (index) => range.include(vectorOf(views[index]!)));
    const scale = range.scale();
    seen = createSeenLists();
    built = { scale, blocks: createByteBlocks(scale) };
    return built;
  };
  const load = async (views: readonly ItemView[]) => {
    const current = built && built.blocks.outside.size <= mostOutside ? built : await begin(views);
    const fresh = seen.newIn(views);
    await inSlices(fresh?.length ?? views.length, (at) => {
      const view = views[fresh?.[at] ?? at]!;
      current.blocks.put(rowOf(view), vectorOf(view));
    });
    seen.add(views);
    return current;
  };
  /** One after the other: requests at a start must not each write the whole catalogue. */
  return (views) => {
    if (built && built.blocks.outside.size <= mostOutside && seen.newIn(views)?.length === 0)
      return built;
    const mine = running.then(() => load(views));
    running = mine.catch(() => {});
    return mine;
  };
}

/**
 * @param width numbers of a vector
 * @param write an item's vector; the array is used again
 */
export function createItemIndex(
  width: number,
  write: (view: ItemView, vector: Float64Array) => void,
): ItemIndex {
  const load = createTable(width, write);
  let scanner: Promise<Scanner> | undefined;
  return {
    find: async (views, { vector, additions, count, hidden }) => {
      scanner ??= createScanner(width);
      const { largestWeight, scan } = await scanner;
      const { blocks, scale } = await load(views);
      const { weights, unit, error, range } = weighBytes(scale, vector, largestWeight);
      const list = { rows: rowsOf(views), indices: indicesByRow(views) };
      const margin = Math.ceil(2 * boundError(error, blocks.rounding));
      /** Looked at by themselves. */
      const apart = new Set([...outsideIn(list, blocks), ...additions.keys()]);
      const skipped = Int32Array.from([...hidden, ...apart], (index) => list.rows[index]!);
      const best = createBestOfList(list, { count, margin, range, skipped });
      await scan(blocks, { weights, best });
      for (const index of hidden) apart.delete(index);
      const isGained = (index: number) => {
        const product = multiplyRow(blocks, list.rows[index]!, weights);
        return product + (additions.get(index) ?? Number.POSITIVE_INFINITY) / unit >= best.cut;
      };
      const found = rowsFound(best);
      const rows = narrow(found, count, blocks.errorsOf(found.rows, error));
      return indicesOf(list, rows, [...apart].filter(isGained));
    },
    close: async () => (await scanner)?.close(),
  };
}
