import type { RandomStream } from "../numeric/random.ts";
import type { TowerSizes } from "../policy/batch-towers.ts";
import {
  type BatchFeeds,
  createFeedArrays,
  type FeedRoom,
  rowFeeds,
  stateFeeds,
} from "./batch-feeds.ts";
import { candidateFeeds } from "./candidate-feeds.ts";
import { historyFeeds } from "./history-feeds.ts";
import { placesInSlate } from "./slate-candidates.ts";
import { type DrawnUnit, shuffledUnits } from "./train-rows.ts";
import type { BatchRow, TrainingRows } from "./training-rows.ts";

/** Sizes of a batch; a smaller one is padded with rows of weight 0. Each slate is one state: its rows share it and its scores. */
export interface BatchShape extends TowerSizes {
  /** Distinct candidates of all slates, two revisions of one item being two. */
  readonly items: number;
  /** Distinct items that histories hold or rows show. */
  readonly read: number;
}

/** Where a batch is laid out; the largest feeds of an earlier one in it are overwritten. */
interface BatchRoom extends FeedRoom {
  readonly sizes: BatchShape;
}

/** Dense arrays of a batch; the names are the graphs' inputs. */
export interface Batch<Row extends BatchRow = BatchRow> {
  readonly feeds: BatchFeeds;
  readonly rows: readonly Row[];
  /** Index of each row among all rows, and the weight that it was drawn with. */
  readonly drawn: readonly DrawnUnit[];
  /** For each row its state's number in the batch, and the place of each candidate among its slate's. */
  readonly stateOf: Int32Array;
  readonly places: readonly Int32Array[];
}

/**
 * Most of a batch: one with more distinct items has fewer rows, so that each row has its whole
 * history and all its candidates.
 */
export const batchLimits = { rows: 256, states: 256, items: 16_384, read: 4096 };

type Limits = typeof batchLimits;

/** Counts distinct numbers below a limit, from none again for each batch. */
function createDistinct(limit: number) {
  const seen = new Uint32Array(limit);
  let [batch, count] = [1, 0];
  return {
    /** @returns how many there are with these */
    add: (numbers: Int32Array): number => {
      for (let at = 0; at < numbers.length; at++) {
        const number = numbers[at]!;
        if (seen[number] === batch) continue;
        seen[number] = batch;
        count++;
      }
      return count;
    },
    clear: () => {
      batch++;
      count = 0;
    },
  };
}

/** Divides units into batches within the limits, in their order; one that exceeds them alone is a batch. */
function* packUnits<Unit extends Pick<DrawnUnit, "index">>(
  { units, views }: TrainingRows,
  order: readonly Unit[],
  limits: Limits,
): Generator<readonly Unit[]> {
  const [items, read] = [createDistinct(views.length), createDistinct(views.length)];
  let batch: Unit[] = [];
  let rows = 0;
  for (const one of order) {
    const unit = units[one.index]!;
    rows += unit.rows.length;
    const isFull =
      batch.length === limits.states ||
      rows > limits.rows ||
      items.add(unit.candidates) > limits.items ||
      read.add(unit.read) > limits.read;
    if (isFull && batch.length > 0) {
      yield batch;
      [batch, rows] = [[], unit.rows.length];
      items.clear();
      read.clear();
      items.add(unit.candidates);
      read.add(unit.read);
    }
    batch.push(one);
  }
  if (batch.length > 0) yield batch;
}

/**
 * The most that a batch of these rows needs, in an order by lot; others are divided to be no larger. In the rows' own order
 * a visit stands beside others of its user, which share a history: batches by lot would be a few rows and much padding.
 */
export function chooseBatchShape(laid: TrainingRows, random: RandomStream): BatchShape {
  const { units, views, slots, tables } = laid;
  const shape = { rows: 1, states: 1, candidates: 1, items: 1, read: 1 };
  const widen = (name: keyof typeof shape, size: number) => {
    shape[name] = Math.max(shape[name], size);
  };
  for (const { candidates } of units) widen("candidates", candidates.length);
  const distinct = createDistinct(views.length);
  const widenBy = (name: "items" | "read", parts: readonly Int32Array[]) => {
    distinct.clear();
    for (const part of parts) widen(name, distinct.add(part));
  };
  for (const batch of packUnits(laid, shuffledUnits(units.length, random), batchLimits)) {
    const own = batch.map(({ index }) => units[index]!);
    widen(
      "rows",
      own.reduce((sum, unit) => sum + unit.rows.length, 0),
    );
    widen("states", own.length);
    widenBy(
      "items",
      own.map(({ candidates }) => candidates),
    );
    widenBy(
      "read",
      own.map(({ read }) => read),
    );
  }
  const { itemRows, tokenRows } = tables;
  const candidateRows = Math.min(shape.items, itemRows);
  const historyRows = Math.min(shape.read, itemRows);
  return { ...shape, candidateRows, historyRows, tokens: tokenRows, slots };
}

/** @param drawn units that there is room for */
export function buildBatch<Row extends BatchRow>(
  laid: TrainingRows<Row>,
  drawn: readonly DrawnUnit[],
  room: BatchRoom,
): Batch<Row> {
  const { sizes } = room;
  const units = drawn.map(({ index }) => laid.units[index]!);
  const rows = units.flatMap((unit) => unit.rows);
  const places = rows.map(placesInSlate);
  const fedRows = rowFeeds(laid, units, { sizes, places });
  const feeds = {
    ...fedRows,
    ...stateFeeds(laid, units, sizes),
    ...historyFeeds(laid, units, room),
    ...candidateFeeds(laid, units, room),
  };
  const drawnRows = drawn.flatMap(({ weight }, at) =>
    units[at]!.rows.map((_, row) => ({ index: units[at]!.first + row, weight })),
  );
  return { feeds, rows, drawn: drawnRows, stateOf: fedRows.stateOf, places };
}

/** Batches of the drawn units, each made when it is asked for, in the place of the one before: its feeds are overwritten. */
export function* drawnBatches<Row extends BatchRow>(
  laid: TrainingRows<Row>,
  drawn: readonly DrawnUnit[],
  shape: BatchShape,
): Generator<Batch<Row>> {
  const room = { sizes: shape, arrays: createFeedArrays() };
  for (const units of packUnits(laid, drawn, shape)) yield buildBatch(laid, units, room);
}
