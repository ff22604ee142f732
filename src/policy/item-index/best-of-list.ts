import { sinkRoot } from "../../numeric/nth-largest.ts";
import type { ByteProducts } from "../../tensor/byte-products.ts";

/** Rows beside each other that are looked at only if the largest of them could matter. */
export const comparedRows = 32;

/** A list of items by their rows. */
export interface ListedRows {
  /** For each item of the list. */
  readonly rows: Int32Array;
  /** For each row an index in the list, −1 of rows that never were in it; another item's row may have one too. */
  readonly indices: Int32Array;
}

/** Items of a list that can be among its best, from the rough products of all rows, a block at a time. */
export interface BestOfList {
  /** @param firstRow of the block */
  visit(
    products: ByteProducts,
    column: { readonly columns: number; readonly column: number },
    firstRow: number,
  ): void;
  /** The `count`-th largest product so far. */
  threshold(): number;
  /** Indices of the list that are not further below the threshold than the margin, and their products. */
  found(): FoundItems;
}

export interface FoundItems {
  readonly indices: readonly number[];
  readonly products: readonly number[];
}

/**
 * @param options.margin twice the error of a product: one that is further below the `count`-th largest can't belong to the best
 * @param options.skipped indices that are no part of the comparison
 */
export function createBestOfList(
  { rows, indices }: ListedRows,
  options: {
    readonly count: number;
    readonly margin: number;
    readonly skipped: ReadonlySet<number>;
  },
): BestOfList {
  const { count, margin, skipped } = options;
  const lowest = -(2 ** 31);
  const heap = new Int32Array(count).fill(lowest);
  const seen: number[] = [];
  const scores: number[] = [];
  const cut = () => (heap[0] === lowest ? lowest : heap[0]! - margin);
  const take = (row: number, product: number) => {
    const index = indices[row] ?? -1;
    if (index === -1 || rows[index] !== row || skipped.has(index)) return;
    seen.push(index);
    scores.push(product);
    if (product <= heap[0]!) return;
    heap[0] = product;
    sinkRoot(heap, count);
  };
  return {
    visit: ({ products, maxima }, { columns, column }, firstRow) => {
      const groups = maxima.length / columns;
      for (let group = 0; group < groups; group++) {
        if (maxima[group * columns + column]! < cut()) continue;
        const start = group * comparedRows;
        for (let row = start; row < start + comparedRows; row++) {
          const product = products[row * columns + column]!;
          if (product >= cut()) take(firstRow + row, product);
        }
      }
    },
    threshold: () => heap[0]!,
    found: () => {
      const least = cut();
      const places = [...seen.keys()].filter((place) => scores[place]! >= least);
      return {
        indices: places.map((place) => seen[place]!),
        products: places.map((place) => scores[place]!),
      };
    },
  };
}
