/** Most rows of one call: items, users or events. */
export const mostRows = 1000;
/** Most objects, lists and values of one call. */
export const maxValues = 100_000;
/** Most bytes of a body, and of all texts in the input of a library call. */
export const maxBytes: number = 2 ** 20;

/** `{"events":[]}` and its like around the rows, with room to spare. */
const around = { bytes: 64, values: 8 };

/** Bytes of a row as JSON, and its values: commas in texts make that number too high, never too low. */
function measure(row: unknown): { readonly bytes: number; readonly values: number } {
  const text = `${JSON.stringify(row)},`;
  return { bytes: new TextEncoder().encode(text).length, values: text.split(/[,[{]/).length };
}

/** Rows that are no JSON take no room: the call that gets them says which field is wrong. */
function measureAny(row: unknown): ReturnType<typeof measure> {
  try {
    return measure(row);
  } catch {
    return { bytes: 0, values: 0 };
  }
}

/**
 * The rows in their order, in batches that a call takes: at most 1000 rows, a mebibyte of JSON and
 * 100,000 values each. A row that is larger than that is a batch of its own, which its call refuses.
 *
 * @example
 * import { batchesOf } from "recurve";
 *
 * const events = Array.from({ length: 2500 }, (_, index) => index);
 * console.log([...batchesOf(events)].map(({ length }) => length)); // [ 1000, 1000, 500 ]
 */
export function* batchesOf<Row>(rows: readonly Row[]): Generator<Row[]> {
  let batch: Row[] = [];
  let { bytes, values } = around;
  for (const row of rows) {
    const size = measureAny(row);
    const fits = bytes + size.bytes <= maxBytes && values + size.values <= maxValues;
    if (batch.length === mostRows || (batch.length > 0 && !fits)) {
      yield batch;
      batch = [];
      ({ bytes, values } = around);
    }
    batch.push(row);
    bytes += size.bytes;
    values += size.values;
  }
  if (batch.length > 0) yield batch;
}
