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

/** Items of a list that can be among its best, from the rough products of all rows, a block at a time. */
export interface BestOfList {
  /** @param firstRow of the block */
  visit(
    products: ByteProducts,
    column: { readonly columns: number; readonly column: number },
    firstRow: number,
  ): void;
  /** Products below can't belong to the best, as far as the rows have been visited. */
  cut(): number;
  /** Rows of the list whose products are not below the cut. */
  found(): FoundRows;
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

/** One object of numbers and arrays, without closures: of a million rows some thousands come here for each request. */
interface Tally extends ListedRows {
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
  cut: number;
  taken: Int32Array;
  products: Int32Array;
  length: number;
}

function createTally({ rows, indices }: ListedRows, options: BestOptions): Tally {
  const { count, margin, range } = options;
  let shift = 0;
  while ((range.most - range.least) >> shift >= mostParts) shift++;
  const skipped = new Uint8Array((indices.length >> 3) + 1);
  for (const row of options.skipped) skipped[row >> 3]! |= 1 << (row & 7);
  return {
    ...{ rows, indices, count, margin, least: range.least, shift, skipped },
    inPart: new Int32Array(mostParts),
    ...{ part: 0, above: 0, cut: -(2 ** 31) },
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
function raise(tally: Tally): void {
  const { inPart, count } = tally;
  while (tally.above - inPart[tally.part]! >= count) tally.above -= inPart[tally.part++]!;
  tally.cut = tally.least + tally.part * 2 ** tally.shift - tally.margin;
}

function take(tally: Tally, row: number, product: number): void {
  const index = tally.indices[row] ?? -1;
  if (index === -1 || tally.rows[index] !== row) return;
  if ((tally.skipped[row >> 3]! >> (row & 7)) & 1) return;
  if (tally.length === tally.taken.length) {
    tally.taken = grow(tally.taken);
    tally.products = grow(tally.products);
  }
  tally.taken[tally.length] = row;
  tally.products[tally.length++] = product;
  const part = (product - tally.least) >> tally.shift;
  tally.inPart[part]!++;
  if (part < tally.part) return;
  tally.above++;
  if (tally.above - tally.inPart[tally.part]! >= tally.count) raise(tally);
}

function leave({ cut, taken, products, length }: Tally): FoundRows {
  let left = 0;
  for (let at = 0; at < length; at++) {
    if (products[at]! < cut) continue;
    taken[left] = taken[at]!;
    products[left++] = products[at]!;
  }
  return { rows: taken.subarray(0, left), products: products.subarray(0, left) };
}

/** The `count`-th largest product is known to a part of the range, by counts: a heap of the largest takes three times as long. */
export function createBestOfList(list: ListedRows, options: BestOptions): BestOfList {
  const tally = createTally(list, options);
  return {
    visit: ({ products, maxima }, { columns, column }, firstRow) => {
      const groups = maxima.length / columns;
      for (let group = 0; group < groups; group++) {
        if (maxima[group * columns + column]! < tally.cut) continue;
        const start = group * comparedRows;
        for (let row = start; row < start + comparedRows; row++) {
          const product = products[row * columns + column]!;
          if (product >= tally.cut) take(tally, firstRow + row, product);
        }
      }
    },
    cut: () => tally.cut,
    found: () => leave(tally),
  };
}
