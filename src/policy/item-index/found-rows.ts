import { nthLargest } from "../../numeric/nth-largest.ts";
import type { FoundRows, ListedRows } from "./best-of-list.ts";

/** Of rows that were found, those that can be among the `count` best by the error of each, which is smaller than that of all. */
export function narrow(
  { rows, products }: FoundRows,
  count: number,
  errors: Float64Array,
): Int32Array {
  if (rows.length <= count) return rows;
  const lowest = new Float64Array(rows.length);
  for (let place = 0; place < rows.length; place++)
    lowest[place] = products[place]! - errors[place]!;
  const least = nthLargest(lowest, count - 1);
  let left = 0;
  for (let place = 0; place < rows.length; place++)
    if (products[place]! + errors[place]! >= least) rows[left++] = rows[place]!;
  return rows.subarray(0, left);
}

/** Indices of a list's rows and some more, ascending. */
export function indicesOf(
  { indices }: ListedRows,
  rows: Int32Array,
  more: readonly number[],
): Int32Array {
  const all = new Int32Array(rows.length + more.length);
  for (let place = 0; place < rows.length; place++) all[place] = indices[rows[place]!]!;
  all.set(more, rows.length);
  return all.sort();
}
