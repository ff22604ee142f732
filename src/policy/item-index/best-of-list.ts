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

/** Rows with their rough products. */
export interface FoundRows {
  readonly rows: Int32Array;
  readonly products: Int32Array;
}

interface BestOptions {
  readonly count: number;
  /** Twice the error of a product: one that is further below the `count`-th largest can't belong to the best. */
  readonly margin: number;
  /** No product is outside. */
  readonly range: { readonly least: number; readonly most: number };
  /** Rows that are no part of the comparison. */
  readonly skipped: Iterable<number>;
}

/** Parts of the range by which products are counted: a part is small beside any margin. */
const mostParts = 4096;

/**
 * Items of a list that can be among its best, from the rough products of all rows. The `count`-th largest product is known to a part of the
 * range, by counts: a heap takes three times as long. One object of whole numbers and arrays, which the compiler takes for such: of 100,000
 * rows some thousands come here for each request, and floats, spreads or closures make it four times as slow.
 */
export interface BestOfList extends ListedRows {
  readonly count: number;
  /** The lower end of part p is least + p·2^shift. */
  readonly least: number;
  readonly shift: number;
  readonly margin: number;
  /** A bit a row. */
  readonly skipped: Uint8Array;
  readonly inPart: Int32Array;
  /** The `count`-th largest product is in this part or above. */
  part: number;
  /** Products in it and above. */
  above: number;
  /** Products below can't belong to the best, as far as the rows have been visited. */
  cut: number;
  taken: Int32Array;
  products: Int32Array;
  length: number;
}

export function createBestOfList({ rows, indices }: ListedRows, options: BestOptions): BestOfList {
  const { count, margin, range } = options;
  let shift = 0;
  while ((range.most - range.least) >> shift >= mostParts) shift++;
  const skipped = new Uint8Array((indices.length >> 3) + 1);
  for (const row of options.skipped) skipped[row >> 3]! |= 1 << (row & 7);
  return {
    rows,
    indices,
    count,
    margin: margin | 0,
    least: range.least | 0,
    shift,
    skipped,
    inPart: new Int32Array(mostParts),
    part: 0,
    above: 0,
    cut: 1 << 31,
    taken: new Int32Array(4 * count),
    products: new Int32Array(4 * count),
    length: 0,
  };
}

function grow(values: Int32Array): Int32Array {
  const grown = new Int32Array(2 * values.length);
  grown.set(values);
  return grown;
}

/** Moves the cut up, once enough products are in higher parts. */
function raise(best: BestOfList): void {
  const { inPart, count } = best;
  while (best.above - inPart[best.part]! >= count) best.above -= inPart[best.part++]!;
  best.cut = best.least + (best.part << best.shift) - best.margin;
}

function take(best: BestOfList, row: number, product: number): void {
  const index = best.indices[row] ?? -1;
  if (index === -1 || best.rows[index] !== row) return;
  if ((best.skipped[row >> 3]! >> (row & 7)) & 1) return;
  if (best.length === best.taken.length) {
    best.taken = grow(best.taken);
    best.products = grow(best.products);
  }
  best.taken[best.length] = row;
  best.products[best.length++] = product;
  const part = (product - best.least) >> best.shift;
  best.inPart[part]!++;
  if (part < best.part) return;
  best.above++;
  if (best.above - best.inPart[best.part]! >= best.count) raise(best);
}

/** Rows of the list whose products are not below the cut. */
export function rowsFound({ cut, taken, products, length }: BestOfList): FoundRows {
  let left = 0;
  for (let at = 0; at < length; at++) {
    if (products[at]! < cut) continue;
    taken[left] = taken[at]!;
    products[left++] = products[at]!;
  }
  return { rows: taken.subarray(0, left), products: products.subarray(0, left) };
}

/**
 * Takes rows from a block of products, whose columns are those of the lists, in order: group by group, so that a group is read from memory once
 * for all of them.
 */
export function visitBlock(
  lists: readonly BestOfList[],
  { products, maxima }: ByteProducts,
  { columns, firstRow }: { readonly columns: number; readonly firstRow: number },
): void {
  const groups = maxima.length / columns;
  for (let group = 0; group < groups; group++) {
    for (let column = 0; column < lists.length; column++) {
      const best = lists[column]!;
      if (maxima[group * columns + column]! < best.cut) continue;
      const start = group * comparedRows;
      for (let row = start; row < start + comparedRows; row++) {
        const product = products[row * columns + column]!;
        if (product >= best.cut) take(best, firstRow + row, product);
      }
    }
  }
}
