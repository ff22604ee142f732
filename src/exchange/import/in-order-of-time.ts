import type { ImportRow, RowSource } from "./row.ts";
import { createRowRuns, type DatedRow } from "./row-runs.ts";

/** Sorted in memory; more of them wait on disk. */
const defaultRunRows = 20_000;
/** Share of an import that reads and sorts, where the rest writes. */
const readingShare = 0.3;
const rowsTold = 10_000;

interface Head {
  readonly row: DatedRow;
  /** Of its run: earlier ones come from an earlier part of the file. */
  readonly place: number;
  readonly rest: Iterator<DatedRow, void>;
}

const timeOf = (row: DatedRow) => row.event.occurredAt;
const sortByTime = (rows: DatedRow[]) => rows.sort((one, other) => timeOf(one) - timeOf(other));

const isLater = (one: Head, other: Head) =>
  timeOf(one.row) === timeOf(other.row)
    ? one.place > other.place
    : timeOf(one.row) > timeOf(other.row);

function* merge(runs: readonly Iterator<DatedRow, void>[]): Generator<DatedRow, void> {
  /** The next row of each run, the latest first. */
  const heads: Head[] = [];
  const advance = (place: number, rest: Head["rest"]) => {
    const { value: row } = rest.next();
    if (row === undefined) return;
    const head = { row, place, rest };
    heads.splice(heads.findLastIndex((one) => isLater(one, head)) + 1, 0, head);
  };
  for (const [place, rows] of runs.entries()) advance(place, rows);
  for (let next = heads.pop(); next !== undefined; next = heads.pop()) {
    yield next.row;
    advance(next.place, next.rest);
  }
}

/** Its own closing leaves the source open. */
export interface OrderedSource extends RowSource {
  /** Rows that were read: all, once the first event comes. */
  readonly read: number;
}

/**
 * The source with its events in order of time, those of one time in the order of the file; other rows come at once. Histories are in
 * the order in which events go in, so a file that is sorted otherwise would teach orders that never were.
 *
 * @param options.onRead after each 10,000 events that wait for the others
 */
export function inOrderOfTime(
  source: RowSource,
  options: {
    readonly signal: AbortSignal;
    readonly onRead: () => void;
    readonly runRows?: number;
  },
): OrderedSource {
  const { signal, onRead, runRows = defaultRunRows } = options;
  const runs = createRowRuns();
  let run: DatedRow[] = [];
  let read = 0;
  let events = 0;
  let given = 0;

  function keep(row: DatedRow): void {
    events += 1;
    if (events % rowsTold === 0) onRead();
    if (run.push(row) < runRows) return;
    runs.write(sortByTime(run));
    run = [];
  }

  async function* rows(): AsyncGenerator<ImportRow, void> {
    for await (const row of source.rows) {
      read += 1;
      if (row.kind === "event" && !source.inOrder) keep(row);
      else yield row;
    }
    // Those that were read are no beginning of all in their order.
    if (signal.aborted) return;
    for (const row of merge([...runs.read(), sortByTime(run).values()])) {
      given += 1;
      yield row;
    }
  }

  return {
    rows: rows(),
    get read() {
      return read;
    },
    share: () => {
      const share = source.share();
      if (events === 0 || share === undefined) return share;
      return share * (readingShare + (1 - readingShare) * (given / events));
    },
    close: runs.close,
  };
}
