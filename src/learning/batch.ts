import { createEntryFeeds, encodedLength, writeEntries } from "../policy/history-encoder.ts";
import { maxContextTokens, maxItemTokens } from "../policy/item-features.ts";
import type { Network } from "../policy/network.ts";
import type { ItemView, PolicyState } from "../policy/policy.ts";
import { poolCount, poolWeights } from "../policy/profile.ts";

/** What a training row needs of a feedback row. */
export interface BatchRow {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
  /** Index into the candidates: it is never left out of the batch. */
  readonly action: number;
}

export interface BatchShape {
  /** B: rows of a batch; a smaller last batch is padded with rows of weight 0. */
  readonly rows: number;
  /** U: distinct items of a batch. Candidates beyond are left out, which samples the softmax of large catalogues. */
  readonly items: number;
}

/** Dense arrays of a batch over its U items; the names are the graph's inputs. */
export interface Batch {
  readonly feeds: Readonly<Record<string, Float32Array | Int32Array>>;
  /** For each row and candidate the column in 0…U−1, −1 where it was left out. */
  readonly columns: readonly Int32Array[];
  /** Columns that hold an item; those after are padding. */
  readonly used: number;
}

export const batchRows = 256;
export const maxBatchItems = 2048;

/** Distinct items of the rows decide how wide a batch is. */
export function chooseBatchShape(rows: readonly BatchRow[]): BatchShape {
  const distinct = new Set<ItemView>();
  for (const row of rows) {
    for (const view of row.candidates) distinct.add(view);
    for (const view of row.state.history) distinct.add(view);
    if (distinct.size >= maxBatchItems) break;
  }
  return { rows: batchRows, items: Math.min(maxBatchItems, Math.max(1, distinct.size)) };
}

export const rowIndex = (network: Network): ReadonlyMap<string, number> =>
  new Map(network.itemIds.map((item, index) => [item, index]));

/** Columns by item: actions first, then histories, then candidates, so that what must be there is there. */
function assignColumns(
  rows: readonly BatchRow[],
  fill: readonly ItemView[],
  limit: number,
): Map<ItemView, number> {
  const columns = new Map<ItemView, number>();
  const add = (view: ItemView) => {
    if (columns.size < limit && !columns.has(view)) columns.set(view, columns.size);
  };
  for (const row of rows) add(row.candidates[row.action]!);
  for (const row of rows) for (const view of row.state.history) add(view);
  for (const row of rows) for (const view of row.candidates) add(view);
  for (const view of fill) add(view);
  return columns;
}

function itemFeeds(
  columns: ReadonlyMap<ItemView, number>,
  itemRows: ReadonlyMap<string, number>,
  items: number,
) {
  const rows = new Int32Array(items);
  const tokens = new Int32Array(items * maxItemTokens);
  const tokenWeights = new Float32Array(items * maxItemTokens);
  for (const [view, column] of columns) {
    rows[column] = itemRows.get(view.itemId) ?? 0;
    for (const [slot, token] of view.tokens.entries()) {
      tokens[column * maxItemTokens + slot] = token.index;
      tokenWeights[column * maxItemTokens + slot] = token.weight;
    }
  }
  return { itemRows: rows, itemTokens: tokens, itemTokenWeights: tokenWeights };
}

function stateFeeds(
  rows: readonly BatchRow[],
  columns: ReadonlyMap<ItemView, number>,
  shape: BatchShape,
) {
  const pools = new Float32Array(shape.rows * poolCount * shape.items);
  const contextTokens = new Int32Array(shape.rows * maxContextTokens);
  const contextWeights = new Float32Array(shape.rows * maxContextTokens);
  const entryFeeds = createEntryFeeds(shape.rows);
  const entryColumns = new Int32Array(shape.rows * encodedLength);
  const entryPresent = new Float32Array(shape.rows * encodedLength);
  for (const [index, { state }] of rows.entries()) {
    for (const [pool, weights] of poolWeights(state.profile.signals).entries()) {
      const start = (index * poolCount + pool) * shape.items;
      for (const [entry, view] of state.history.entries()) {
        const column = columns.get(view);
        if (column !== undefined) pools[start + column]! += weights[entry]!;
      }
    }
    writeEntries(entryFeeds, state, index, (cell, entry) => {
      const column = columns.get(state.history[entry]!);
      if (column === undefined) return;
      entryColumns[cell] = column;
      entryPresent[cell] = 1;
    });
    for (const [slot, token] of state.profile.tokens.entries()) {
      contextTokens[index * maxContextTokens + slot] = token.index;
      contextWeights[index * maxContextTokens + slot] = token.weight;
    }
  }
  return { pools, contextTokens, contextWeights, entryColumns, entryPresent, ...entryFeeds };
}

export function buildBatch(options: {
  readonly rows: readonly BatchRow[];
  readonly shape: BatchShape;
  readonly itemRows: ReadonlyMap<string, number>;
  /** Items that every row is to be compared with as well, as far as there is room. */
  readonly fill?: readonly ItemView[];
}): Batch {
  const { rows, shape } = options;
  const columns = assignColumns(rows, options.fill ?? [], shape.items);
  return {
    feeds: {
      ...itemFeeds(columns, options.itemRows, shape.items),
      ...stateFeeds(rows, columns, shape),
    },
    columns: rows.map((row) => Int32Array.from(row.candidates, (view) => columns.get(view) ?? -1)),
    used: columns.size,
  };
}
