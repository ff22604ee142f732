/** Most rows of one call: items, users or events. */
export const mostRows = 1000;

/**
 * The rows in as many batches as they need, of at most 1000 each.
 *
 * @example
 * import { batchesOf } from "recurve";
 *
 * const events = Array.from({ length: 2500 }, (_, index) => index);
 * console.log([...batchesOf(events)].map(({ length }) => length)); // [ 1000, 1000, 500 ]
 */
export function* batchesOf<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += mostRows)
    yield rows.slice(start, start + mostRows);
}
