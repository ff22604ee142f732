import type { RandomStream } from "../numeric/random.ts";
import { shuffle } from "../numeric/random.ts";

/** Splits shuffled row indices into batches, a new order each epoch. */
export function* shuffledBatches(
  count: number,
  batchRows: number,
  random: RandomStream,
): Generator<readonly number[]> {
  const order = shuffle([...Array(count).keys()], random);
  for (let start = 0; start < count; start += batchRows)
    yield order.slice(start, start + batchRows);
}
