import { type RandomStream, shuffle } from "../numeric/random.ts";

/** A row of a batch: its index, and its weight, which includes rows that were not drawn. */
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

export interface RecentRows {
  readonly count: number;
  /** Rows at the front, which come first. */
  readonly recent: number;
  /** Rows that an epoch has room for. */
  readonly most: number;
}

/**
 * Rows that an epoch sees: all recent ones and as many older, or half of each if that is too many.
 */
function drawnRows({ count, recent, most }: RecentRows) {
  const older = Math.min(recent, count - recent);
  if (recent + older <= most) return { recent, older };
  const half = Math.floor(most / 2);
  if (older <= half) return { recent: most - older, older };
  return { recent: most - half, older: half };
}

export const epochRows = (rows: RecentRows): number => {
  const { recent, older } = drawnRows(rows);
  return recent + older;
};

/**
 * Batches of all recent rows and as many older ones, drawn anew each epoch and weighted up for the
 * rest: a short memory sees enough of its rows, and an epoch does not grow with the log. If even
 * the recent ones are too many, those are drawn too.
 */
export function* recentBatches(
  options: RecentRows & { readonly batchRows: number },
  random: RandomStream,
): Generator<readonly DrawnRow[]> {
  const { count, recent } = options;
  const drawn = drawnRows(options);
  const weigh = (indices: readonly number[], rows: number) => {
    const weight = rows / Math.max(1, indices.length);
    return indices.map((index) => ({ index, weight }));
  };
  const older = shuffle(range(recent, count), random).slice(0, drawn.older);
  const all = range(0, recent);
  const newest = drawn.recent < recent ? shuffle(all, random).slice(0, drawn.recent) : all;
  const both = [...weigh(newest, recent), ...weigh(older, count - recent)];
  yield* batchesOf(shuffle(both, random), options.batchRows);
}
