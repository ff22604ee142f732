import type { ItemId } from "../domain/ids.ts";
import type { Encoder } from "../policy/encoder/encoder.ts";
import { rowLogOdds } from "../policy/encoder/row-log-odds.ts";
import { contextTokenBuckets, itemTokenBuckets, type TokenSlots } from "../policy/item-features.ts";
import { rowCount, rowsOf } from "../policy/item-rows.ts";
import { heldShapes, type Network } from "../policy/network.ts";
import type { ItemView, PolicyState, TextShape } from "../policy/policy.ts";
import { candidatesOfSlate, type SlateRow, slatesOf } from "./slate-candidates.ts";

/** Fields of a feedback row that training needs. */
export interface BatchRow extends SlateRow {
  /** Index into the candidates. */
  readonly action: number;
}

/** Features alone stand for an item that was shown less often: a row of its own would repeat what one user did. */
const leastShowings = 2;

/** Items that training gives a row of their own. */
export function oftenShown(rows: readonly BatchRow[]): ItemId[] {
  const showings = new Map<ItemId, number>();
  for (const { candidates, action } of rows) {
    const { itemId } = candidates[action]!;
    showings.set(itemId, (showings.get(itemId) ?? 0) + 1);
  }
  return [...showings].flatMap(([item, count]) => (count < leastShowings ? [] : [item]));
}

/** Places of rows in the tables of a network. */
export interface TableRows {
  readonly items: ReadonlyMap<string, number>;
  /** Rows of the item table, and of the table of item tokens. */
  readonly itemRows: number;
  readonly tokenRows: number;
  /** Row by bucket. */
  readonly itemTokens: Int32Array;
  readonly contextTokens: Int32Array;
  readonly text?: TextShape;
  /** Has encoded the states of all rows. */
  readonly encoder?: Encoder;
}

/** The rows of one slate. Items are numbers of `TrainingRows.views`. */
export interface SlateUnit<Row extends BatchRow = BatchRow> {
  readonly rows: readonly Row[];
  /** Index of the first row. */
  readonly first: number;
  readonly state: PolicyState;
  /** Of the slate. */
  readonly candidates: Int32Array;
  /** ℓ of the candidates; with an encoder. */
  readonly logOdds?: Float64Array;
  /** The history, and then the item that each row shows. */
  readonly read: Int32Array;
}

/** Table rows and tokens of all items beside each other. */
export interface LaidItems {
  readonly rows: Int32Array;
  readonly tokens: Int32Array;
  readonly tokenWeights: Float32Array;
}

/** Rows of a training as its batches read them: everything that no step changes is found once. */
export interface TrainingRows<Row extends BatchRow = BatchRow> {
  readonly units: readonly SlateUnit<Row>[];
  /** Distinct items of candidates and histories; two revisions of one are two. */
  readonly views: readonly ItemView[];
  readonly items: LaidItems;
  readonly tables: TableRows;
  /** Tokens of an item and of a context that there is room for; none may have more. */
  readonly slots: TokenSlots;
}

/** Items that the slates were chosen from or that histories hold, each once. */
export function distinctViews(rows: readonly SlateRow[]): readonly ItemView[] {
  const distinct: ItemView[] = [];
  const isSeen: boolean[] = [];
  const add = (views: readonly ItemView[]) => {
    const rows = rowsOf(views);
    for (let index = 0; index < rows.length; index++) {
      if (isSeen[rows[index]!]) continue;
      isSeen[rows[index]!] = true;
      distinct.push(views[index]!);
    }
  };
  for (const [, [row]] of slatesOf(rows)) {
    add(candidatesOfSlate(row!));
    add(row!.state.history);
  }
  return distinct;
}

/** Numbers items by their places in a list. @returns the numbers of other lists of them */
function numberItems(views: readonly ItemView[]): (some: readonly ItemView[]) => Int32Array {
  const numbers = new Int32Array(rowCount());
  for (const [number, row] of rowsOf(views).entries()) numbers[row] = number;
  return (some) => rowsOf(some).map((row) => numbers[row]!);
}

const everyRow = (count: number) => Int32Array.from({ length: count }, (_, row) => row);

/** Of a network whose tables are whole. */
export const tableRows = (network: Network): TableRows => ({
  items: new Map(network.itemIds.map((item, index) => [item, index])),
  itemRows: network.itemIds.length,
  tokenRows: heldShapes(network).itemTokenTable![0]!,
  itemTokens: everyRow(itemTokenBuckets),
  contextTokens: everyRow(contextTokenBuckets),
  ...(network.shape.text && { text: network.shape.text }),
  ...(network.encoder && { encoder: network.encoder }),
});

function layItems(
  views: readonly ItemView[],
  { items, itemTokens }: TableRows,
  slots: number,
): LaidItems {
  const tokens = new Int32Array(views.length * slots);
  const tokenWeights = new Float32Array(views.length * slots);
  for (const [number, view] of views.entries()) {
    for (const [slot, { index, weight }] of view.tokens.entries()) {
      tokens[number * slots + slot] = itemTokens[index]!;
      tokenWeights[number * slots + slot] = weight;
    }
  }
  const rows = Int32Array.from(views, ({ itemId }) => items.get(itemId) ?? 0);
  return { rows, tokens, tokenWeights };
}

export function layRows<Row extends BatchRow>(
  rows: readonly Row[],
  { tables, slots }: Pick<TrainingRows, "tables" | "slots">,
): TrainingRows<Row> {
  const { encoder } = tables;
  const views = distinctViews(rows);
  const numbersOf = numberItems(views);
  const units = Array.from(slatesOf(rows), ([first, own]): SlateUnit<Row> => {
    const { state } = own[0]!;
    const candidates = candidatesOfSlate(own[0]!);
    const shown = own.map((row) => row.candidates[row.action]!);
    return {
      rows: own,
      first,
      state,
      candidates: numbersOf(candidates),
      read: numbersOf([...state.history, ...shown]),
      ...(encoder && { logOdds: rowLogOdds(encoder, { state, candidates }) }),
    };
  });
  return { units, views, items: layItems(views, tables, slots.item), tables, slots };
}
