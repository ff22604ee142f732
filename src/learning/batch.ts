import type { Encoder } from "../policy/encoder/encoder.ts";
import { contextTokenBuckets, itemTokenBuckets, type TokenSlots } from "../policy/item-features.ts";
import type { Network } from "../policy/network.ts";
import type { ItemView, PolicyState, TextShape } from "../policy/policy.ts";
import { historyLength, poolCount, poolWeights } from "../policy/profile.ts";
import { textFeed } from "../policy/text-features.ts";

/** Fields of a feedback row that training needs. */
export interface BatchRow {
  readonly state: PolicyState;
  readonly candidates: readonly ItemView[];
  /** Index into the candidates: it is never left out of the batch. */
  readonly action: number;
}

export interface BatchShape {
  /** B: rows of a batch; a smaller last batch is padded with rows of weight 0. */
  readonly rows: number;
  /** U: distinct items of a batch, two revisions of one being two. Candidates beyond are left out, which samples the softmax of large catalogues. */
  readonly items: number;
  /** Tokens of an item and of a context that there is room for; none may have more. */
  readonly slots: TokenSlots;
}

/** Places of a batch's rows in the tables of a network. */
export interface TableRows {
  readonly items: ReadonlyMap<string, number>;
  /** Row by bucket. */
  readonly itemTokens: Int32Array;
  readonly contextTokens: Int32Array;
  readonly text?: TextShape;
  /** Has encoded the states of all rows. */
  readonly encoder?: Encoder;
}

/** Dense arrays of a batch over its U items; the names are the graph's inputs. */
export interface Batch {
  readonly feeds: Readonly<Record<string, Float32Array | Int32Array>>;
  /** For each row and candidate the column in 0…U−1, −1 if it was left out. */
  readonly columns: readonly Int32Array[];
  /** Column of each item that has one; columns after them are padding. */
  readonly items: ReadonlyMap<ItemView, number>;
}

export const batchRows = 256;
export const maxBatchItems = 2048;

/** Items that the rows show or have in their histories. */
export function distinctViews(rows: readonly BatchRow[]): Set<ItemView> {
  const distinct = new Set<ItemView>();
  for (const row of rows) {
    for (const view of row.candidates) distinct.add(view);
    for (const view of row.state.history) distinct.add(view);
  }
  return distinct;
}

/** @param items distinct items of all rows: they decide how wide a batch is */
export const chooseBatchShape = (items: number, slots: TokenSlots): BatchShape => ({
  rows: batchRows,
  items: Math.min(maxBatchItems, Math.max(1, items)),
  slots,
});

const everyRow = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

/** Of a network whose tables are whole. */
export const tableRows = (network: Network): TableRows => ({
  items: new Map(network.itemIds.map((item, index) => [item, index])),
  itemTokens: everyRow(itemTokenBuckets),
  contextTokens: everyRow(contextTokenBuckets),
  ...(network.shape.text && { text: network.shape.text }),
  ...(network.encoder && { encoder: network.encoder }),
});

/**
 * Columns by item: actions first, then histories, then candidates, so the required columns exist.
 */
function assignColumns(rows: readonly BatchRow[], limit: number): Map<ItemView, number> {
  const columns = new Map<ItemView, number>();
  const add = (view: ItemView) => {
    if (columns.size < limit && !columns.has(view)) columns.set(view, columns.size);
  };
  for (const row of rows) add(row.candidates[row.action]!);
  for (const row of rows) for (const view of row.state.history) add(view);
  for (const row of rows) for (const view of row.candidates) add(view);
  return columns;
}

function itemFeeds(
  columns: ReadonlyMap<ItemView, number>,
  tables: TableRows,
  { items, slots }: BatchShape,
) {
  const rows = new Int32Array(items);
  const tokens = new Int32Array(items * slots.item);
  const tokenWeights = new Float32Array(items * slots.item);
  for (const [view, column] of columns) {
    rows[column] = tables.items.get(view.itemId) ?? 0;
    for (let slot = 0; slot < view.tokens.length; slot++) {
      const token = view.tokens[slot]!;
      tokens[column * slots.item + slot] = tables.itemTokens[token.index]!;
      tokenWeights[column * slots.item + slot] = token.weight;
    }
  }
  const fed = { itemRows: rows, itemTokens: tokens, itemTokenWeights: tokenWeights };
  const { text } = tables;
  return text === undefined ? fed : { ...fed, itemTexts: textFeed(columns, text, items) };
}

function stateFeeds(
  rows: readonly BatchRow[],
  columns: ReadonlyMap<ItemView, number>,
  options: { readonly shape: BatchShape; readonly tables: TableRows },
) {
  const { shape, tables } = options;
  const slots = shape.slots.context;
  const pools = new Float32Array(shape.rows * poolCount * shape.items);
  const contextTokens = new Int32Array(shape.rows * slots);
  const contextWeights = new Float32Array(shape.rows * slots);
  // Column of each entry of a history: found once, read by every pool.
  const found = new Int32Array(historyLength);
  for (let index = 0; index < rows.length; index++) {
    const { profile, history } = rows[index]!.state;
    for (let entry = 0; entry < history.length; entry++)
      found[entry] = columns.get(history[entry]!) ?? -1;
    const weights = poolWeights(profile.signals);
    for (let pool = 0; pool < poolCount; pool++) {
      const start = (index * poolCount + pool) * shape.items;
      for (let entry = 0; entry < history.length; entry++)
        if (found[entry] !== -1) pools[start + found[entry]!]! += weights[pool]![entry]!;
    }
    for (let slot = 0; slot < profile.tokens.length; slot++) {
      const token = profile.tokens[slot]!;
      contextTokens[index * slots + slot] = tables.contextTokens[token.index]!;
      contextWeights[index * slots + slot] = token.weight;
    }
  }
  return { pools, contextTokens, contextWeights };
}

/**
 * States of an encoder and its ℓ of each row's candidates, 0 in the other columns; that of the
 * action stands beside them too.
 */
function encoderFeeds(
  rows: readonly BatchRow[],
  columns: readonly Int32Array[],
  { encoder, shape }: { readonly encoder: Encoder; readonly shape: BatchShape },
) {
  const encodedStates = new Float32Array(shape.rows * encoder.width);
  const logOdds = new Float32Array(shape.rows * shape.items);
  const chosenLogOdds = new Float32Array(shape.rows);
  for (const [index, { state, candidates, action }] of rows.entries()) {
    encodedStates.set(encoder.stateOf(state), index * encoder.width);
    const own = encoder.logOdds(state, candidates);
    const places = columns[index]!;
    for (let a = 0; a < own.length; a++)
      if (places[a] !== -1) logOdds[index * shape.items + places[a]!] = own[a]!;
    chosenLogOdds[index] = own[action]!;
  }
  return { encodedStates, logOdds, chosenLogOdds };
}

function findColumns(
  candidates: readonly ItemView[],
  columns: ReadonlyMap<ItemView, number>,
): Int32Array {
  const found = new Int32Array(candidates.length);
  for (let a = 0; a < found.length; a++) found[a] = columns.get(candidates[a]!) ?? -1;
  return found;
}

export function buildBatch(options: {
  readonly rows: readonly BatchRow[];
  readonly shape: BatchShape;
  readonly tables: TableRows;
}): Batch {
  const { rows, shape, tables } = options;
  const items = assignColumns(rows, shape.items);
  const columns = rows.map(({ candidates }) => findColumns(candidates, items));
  const { encoder } = tables;
  return {
    feeds: {
      ...itemFeeds(items, tables, shape),
      ...stateFeeds(rows, items, { shape, tables }),
      ...(encoder && encoderFeeds(rows, columns, { encoder, shape })),
    },
    columns,
    items,
  };
}
