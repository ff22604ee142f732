import { type RandomStream, shuffle } from "../numeric/random.ts";

/** A row of a batch: its index, and by how much it counts for the rows that were not drawn. */
export interface DrawnRow {
  readonly index: number;
  readonly weight: number;
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, offset) => start + offset);

function* batchesOf<T>(rows: readonly T[], batchRows: number): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += batchRows) {
    yield rows.slice(start, start + batchRows);
  }
}

/** Splits shuffled row indices into batches, a new order each epoch. */
export function* shuffledBatches(
  count: number,
  batchRows: number,
  random: RandomStream,
): Generator<readonly number[]> {
  yield* batchesOf(shuffle(range(0, count), random), batchRows);
}

/** Rows that an epoch sees, of `recent` rows that come first and those behind them. */
export const epochRows = (count: number, recent: number): number =>
  recent + Math.min(recent, count - recent);

/**
 * Batches of all recent rows and as many older ones, drawn anew each epoch and weighted up for the rest: a short memory
 * sees enough of its rows, and an epoch does not grow with the log.
 * @param recent rows at the front that are always in
 */
export function* recentBatches(
  options: { readonly count: number; readonly recent: number; readonly batchRows: number },
  random: RandomStream,
): Generator<readonly DrawnRow[]> {
  const { count, recent } = options;
  const older = shuffle(range(recent, count), random).slice(0, epochRows(count, recent) - recent);
  const weight = older.length === 0 ? 1 : (count - recent) / older.length;
  const drawn = [
    ...range(0, recent).map((index) => ({ index, weight: 1 })),
    ...older.map((index) => ({ index, weight })),
  ];
  yield* batchesOf(shuffle(drawn, random), options.batchRows);
}
