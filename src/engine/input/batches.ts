/** Rows that one call takes at most: items, users or events. */
export const mostRows = 1000;

/** The rows in as many calls as they need. @example for (const events of batchesOf(history)) await engine.record(events); */
export function* batchesOf<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let start = 0; start < rows.length; start += mostRows)
    yield rows.slice(start, start + mostRows);
}
