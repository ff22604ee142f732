import { keepIndices, keepNumbers } from "./by-list.ts";
import { listVersionOf } from "./list-line.ts";
import type { ItemView } from "./policy.ts";

/**
 * Rows of item views, the same in every table of the process, so that a view is looked up once however many networks embed
 * it. Weak: the row of a revision that the catalogue has dropped goes to a new one.
 */
const rows = new WeakMap<ItemView, number>();
const free: number[] = [];
const holders: number[] = [];
const dropped = new FinalizationRegistry<number>((row) => {
  holders[row]!++;
  free.push(row);
});

export function rowOf(view: ItemView): number {
  const known = rows.get(view);
  if (known !== undefined) return known;
  const row = free.pop() ?? holders.push(1) - 1;
  rows.set(view, row);
  dropped.register(view, row);
  return row;
}

const keptRows = keepNumbers(rowOf);
const ofShortLists = new WeakMap<readonly ItemView[], Int32Array>();

/** Of the items of a list, which must stay as it is. */
export function rowsOf(views: readonly ItemView[]): Int32Array {
  const known = ofShortLists.get(views);
  if (known !== undefined) return known;
  const found = keptRows(views);
  if (listVersionOf(views) === undefined) ofShortLists.set(views, found);
  return found;
}

/** Rows of the largest table. */
export const rowCount = (): number => holders.length;

/** Indices of a list's items by their rows; see `keepIndices`. */
export const indicesByRow: (views: readonly ItemView[]) => Int32Array = keepIndices(
  rowsOf,
  rowCount,
);

/** How many views have held a row, from 1. */
export const holderOf = (row: number): number => holders[row]!;

/** An array with room for all rows, with the same values as before; with half as much again, if it has to be made anew. */
export function growByRow<T extends Float32Array | Int32Array | Uint32Array>(
  array: T,
  stride: number,
): T {
  const length = rowCount() * stride;
  if (length <= array.length) return array;
  const size = Math.max(length, stride * Math.ceil((1.5 * array.length) / stride));
  const grown = new (array.constructor as new (length: number) => T)(size);
  grown.set(array);
  return grown;
}

/** Rows of which something is known as long as their holders stay. */
export function createKnownRows() {
  let known = new Uint32Array();
  return {
    has: (row: number): boolean => known[row] === holderOf(row),
    add: (row: number): void => {
      known = growByRow(known, 1);
      known[row] = holderOf(row);
    },
  };
}

/** A number of each view of a list, which is worked out once a view. */
export function keepByView(
  numberOf: (view: ItemView) => number,
): (views: readonly ItemView[]) => Int32Array {
  let numbers = new Int32Array();
  const known = createKnownRows();
  const numberAt = (view: ItemView, row: number) => {
    if (!known.has(row)) {
      numbers = growByRow(numbers, 1);
      numbers[row] = numberOf(view);
      known.add(row);
    }
    return numbers[row]!;
  };
  return keepNumbers(
    (view) => numberAt(view, rowOf(view)),
    (views) => {
      const own = rowsOf(views).slice();
      for (let index = 0; index < own.length; index++)
        own[index] = numberAt(views[index]!, own[index]!);
      return own;
    },
  );
}
