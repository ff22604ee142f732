import type { TokenSlots } from "../policy/item-features.ts";
import type { ItemView } from "../policy/policy.ts";
import { poolCount, poolWeights } from "../policy/profile.ts";
import { textFeed } from "../policy/text-features.ts";
import { placesInSlate } from "./slate-candidates.ts";
import type { DrawnUnit } from "./train-rows.ts";
import type { BatchRow, SlateUnit, TrainingRows } from "./training-rows.ts";

/** Sizes of a batch; a smaller one is padded with rows of weight 0. */
export interface BatchShape {
  readonly rows: number;
  /** One for each slate: its rows share its state and scores. */
  readonly states: number;
  /** Of the slate with the most of them. */
  readonly candidates: number;
  /** Distinct candidates of all slates, two revisions of one item being two. */
  readonly items: number;
  /** Distinct items that histories hold or rows show. */
  readonly read: number;
  readonly slots: TokenSlots;
}

/** Dense arrays of a batch; the names are the graphs' inputs. */
export interface Batch<Row extends BatchRow = BatchRow> {
  readonly feeds: Readonly<Record<string, Float32Array | Int32Array>>;
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

/** Numbers items in the order in which they come, from 0 again for each batch. */
function createColumns(views: number) {
  const columns = new Int32Array(views).fill(-1);
  const numbers: number[] = [];
  return {
    numbers,
    columnOf: (number: number) => {
      if (columns[number] === -1) columns[number] = numbers.push(number) - 1;
      return columns[number]!;
    },
    /** Those that there would be with these too. */
    countWith: (more: Int32Array) => {
      const fresh = new Set<number>();
      for (const number of more) if (columns[number] === -1) fresh.add(number);
      return numbers.length + fresh.size;
    },
    clear: () => {
      for (const number of numbers) columns[number] = -1;
      numbers.length = 0;
    },
  };
}

/** Divides units into batches within the limits, in their order; one that exceeds them alone is a batch. */
function* packUnits<Unit extends Pick<DrawnUnit, "index">>(
  { units, views }: TrainingRows,
  order: readonly Unit[],
  limits: Limits,
): Generator<readonly Unit[]> {
  const [items, read] = [createColumns(views.length), createColumns(views.length)];
  let batch: Unit[] = [];
  let rows = 0;
  for (const one of order) {
    const unit = units[one.index]!;
    const isFull =
      batch.length === limits.states ||
      rows + unit.rows.length > limits.rows ||
      items.countWith(unit.candidates) > limits.items ||
      read.countWith(unit.read) > limits.read;
    if (isFull && batch.length > 0) {
      yield batch;
      [batch, rows] = [[], 0];
      items.clear();
      read.clear();
    }
    batch.push(one);
    rows += unit.rows.length;
    unit.candidates.forEach(items.columnOf);
    unit.read.forEach(read.columnOf);
  }
  if (batch.length > 0) yield batch;
}

const countDistinct = (parts: readonly Int32Array[]) =>
  new Set(parts.flatMap((part) => [...part])).size;

/** The most that a batch of these rows needs, in their own order; others are divided to be no larger. */
export function chooseBatchShape(laid: TrainingRows): BatchShape {
  const { units, slots } = laid;
  const shape = { rows: 1, states: 1, candidates: 1, items: 1, read: 1 };
  const widen = (name: keyof typeof shape, size: number) => {
    shape[name] = Math.max(shape[name], size);
  };
  for (const { candidates } of units) widen("candidates", candidates.length);
  const order = units.map((_, index) => ({ index }));
  for (const batch of packUnits(laid, order, batchLimits)) {
    const own = batch.map(({ index }) => units[index]!);
    widen(
      "rows",
      own.reduce((sum, unit) => sum + unit.rows.length, 0),
    );
    widen("states", own.length);
    widen("items", countDistinct(own.map(({ candidates }) => candidates)));
    widen("read", countDistinct(own.map(({ read }) => read)));
  }
  return { ...shape, slots };
}

/** Table rows, tokens and texts of items, in the order of their columns. */
function itemFeeds(
  { items, tables, views, slots }: TrainingRows,
  numbers: readonly number[],
  { fed, count }: { readonly fed: "item" | "candidate"; readonly count: number },
) {
  const width = slots.item;
  const rows = new Int32Array(count);
  const tokens = new Int32Array(count * width);
  const weights = new Float32Array(count * width);
  for (let column = 0; column < numbers.length; column++) {
    const number = numbers[column]!;
    rows[column] = items.rows[number]!;
    for (let slot = 0; slot < width; slot++) {
      tokens[column * width + slot] = items.tokens[number * width + slot]!;
      weights[column * width + slot] = items.tokenWeights[number * width + slot]!;
    }
  }
  const feeds = { [`${fed}Rows`]: rows, [`${fed}Tokens`]: tokens, [`${fed}TokenWeights`]: weights };
  if (tables.text === undefined) return feeds;
  const columns = numbers.map((number, column): [ItemView, number] => [views[number]!, column]);
  return { ...feeds, [`${fed}Texts`]: textFeed(columns, tables.text, count) };
}

/** Pools over the columns of the items that are read, context and encoded state of each state. */
function stateFeeds(
  { tables, slots: { context: slots } }: TrainingRows,
  units: readonly SlateUnit[],
  { shape, columnOf }: { readonly shape: BatchShape; columnOf(number: number): number },
) {
  const { encoder } = tables;
  const pools = new Float32Array(shape.states * poolCount * shape.read);
  const contextTokens = new Int32Array(shape.states * slots);
  const contextWeights = new Float32Array(shape.states * slots);
  const encodedStates = new Float32Array(shape.states * (encoder?.width ?? 0));
  for (const [index, { state, read }] of units.entries()) {
    const { profile, history } = state;
    const found = read.subarray(0, history.length).map(columnOf);
    for (const [pool, weights] of poolWeights(profile.signals).entries()) {
      const start = (index * poolCount + pool) * shape.read;
      for (let entry = 0; entry < found.length; entry++)
        pools[start + found[entry]!]! += weights[entry]!;
    }
    for (let slot = 0; slot < profile.tokens.length; slot++) {
      const token = profile.tokens[slot]!;
      contextTokens[index * slots + slot] = tables.contextTokens[token.index]!;
      contextWeights[index * slots + slot] = token.weight;
    }
    if (encoder) encodedStates.set(encoder.stateOf(state), index * encoder.width);
  }
  return { pools, contextTokens, contextWeights, ...(encoder && { encodedStates }) };
}

/** Where each state finds its candidates among all states and columns, and their ℓ. */
function candidateFeeds(
  units: readonly SlateUnit[],
  shape: BatchShape,
  columnOf: (number: number) => number,
) {
  const cells = new Int32Array(shape.states * shape.candidates);
  const logOdds = new Float32Array(cells.length);
  for (const [index, unit] of units.entries()) {
    const start = index * shape.candidates;
    for (let place = 0; place < unit.candidates.length; place++)
      cells[start + place] = index * shape.items + columnOf(unit.candidates[place]!);
    if (unit.logOdds) logOdds.set(unit.logOdds, start);
  }
  return { cells, logOdds };
}

/** The state and the shown item of each row. */
function rowFeeds(
  units: readonly SlateUnit[],
  places: readonly Int32Array[],
  { shape, columnOf }: { readonly shape: BatchShape; columnOf(number: number): number },
) {
  const stateOf = new Int32Array(shape.rows);
  const shown = new Int32Array(shape.rows);
  const shownLogOdds = new Float32Array(shape.rows);
  let row = 0;
  for (const [index, { rows, read, state, logOdds }] of units.entries()) {
    for (const [at, { action }] of rows.entries()) {
      stateOf[row] = index;
      shown[row] = columnOf(read[state.history.length + at]!);
      shownLogOdds[row] = logOdds?.[places[row]![action]!] ?? 0;
      row++;
    }
  }
  return { stateOf, shown, shownLogOdds };
}

/** @param drawn units, which the shape has room for */
export function buildBatch<Row extends BatchRow>(
  laid: TrainingRows<Row>,
  drawn: readonly DrawnUnit[],
  shape: BatchShape,
): Batch<Row> {
  const units = drawn.map(({ index }) => laid.units[index]!);
  const rows = units.flatMap((unit) => unit.rows);
  const places = rows.map(placesInSlate);
  const [items, read] = [createColumns(laid.views.length), createColumns(laid.views.length)];
  const fedRows = rowFeeds(units, places, { shape, columnOf: read.columnOf });
  const feeds = {
    ...fedRows,
    ...stateFeeds(laid, units, { shape, columnOf: read.columnOf }),
    ...candidateFeeds(units, shape, items.columnOf),
    ...itemFeeds(laid, read.numbers, { fed: "item", count: shape.read }),
    ...itemFeeds(laid, items.numbers, { fed: "candidate", count: shape.items }),
  };
  const drawnRows = drawn.flatMap(({ weight }, at) =>
    units[at]!.rows.map((_, row) => ({ index: units[at]!.first + row, weight })),
  );
  return { feeds, rows, drawn: drawnRows, stateOf: fedRows.stateOf, places };
}

/** Batches of the drawn units, each made when it is asked for. */
export function* drawnBatches<Row extends BatchRow>(
  laid: TrainingRows<Row>,
  drawn: readonly DrawnUnit[],
  shape: BatchShape,
): Generator<Batch<Row>> {
  for (const units of packUnits(laid, drawn, shape)) yield buildBatch(laid, units, shape);
}
