import type { TowerSizes } from "../policy/batch-towers.ts";
import type { ItemView } from "../policy/policy.ts";
import { textFeed } from "../policy/text-features.ts";
import type { SlateUnit, TrainingRows } from "./training-rows.ts";

// Inputs of the graphs of `batch-towers.ts`, by their names there.

/** Arrays by the names of the graphs' inputs. */
export type BatchFeeds = Readonly<Record<string, Float32Array | Int32Array>>;

/** Memory by the names of feeds: each call for a name gives the same array, all zero. */
export interface FeedArrays {
  int32(name: string, length: number): Int32Array;
  float32(name: string, length: number): Float32Array;
}

function createKept<Kept extends Float32Array | Int32Array>(make: (length: number) => Kept) {
  const kept = new Map<string, Kept>();
  return (name: string, length: number): Kept => {
    const array = kept.get(name) ?? make(length);
    kept.set(name, array);
    array.fill(0);
    return array;
  };
}

/** For the batches of one epoch: new arrays for each step would have the whole heap collected time and again. */
export const createFeedArrays = (): FeedArrays => ({
  int32: createKept((length) => new Int32Array(length)),
  float32: createKept((length) => new Float32Array(length)),
});

/** Where the feeds of a batch are laid out. */
export interface FeedRoom {
  readonly sizes: TowerSizes;
  readonly arrays: FeedArrays;
}

/** Numbers table rows or items in the order in which they come. */
export function createColumns(limit: number): {
  readonly numbers: readonly number[];
  columnOf(number: number): number;
} {
  const columns = new Int32Array(limit).fill(-1);
  const numbers: number[] = [];
  return {
    numbers,
    columnOf: (number: number) => {
      if (columns[number] === -1) columns[number] = numbers.push(number) - 1;
      return columns[number]!;
    },
  };
}

/** The numbers, with zeros up to the count. */
export function padded(numbers: readonly number[], count: number): Int32Array {
  const all = new Int32Array(count);
  all.set(numbers);
  return all;
}

/** Vectors of the texts of items in the order of their columns, if the network reads texts. */
export function textFeeds(
  { tables: { text }, views }: TrainingRows,
  numbers: readonly number[],
  { name, count }: { readonly name: string; readonly count: number },
): BatchFeeds {
  if (text === undefined) return {};
  const columns = numbers.map((number, column): [ItemView, number] => [views[number]!, column]);
  return { [name]: textFeed(columns, text, count) };
}

/** Context and encoded state of each state. */
export function stateFeeds(
  { tables }: TrainingRows,
  units: readonly SlateUnit[],
  { states, slots: { context: slots } }: TowerSizes,
): BatchFeeds {
  const { encoder } = tables;
  const contextTokens = new Int32Array(states * slots);
  const contextWeights = new Float32Array(states * slots);
  const encodedStates = new Float32Array(states * (encoder?.width ?? 0));
  for (const [index, { state }] of units.entries()) {
    for (const [slot, token] of state.profile.tokens.entries()) {
      contextTokens[index * slots + slot] = tables.contextTokens[token.index]!;
      contextWeights[index * slots + slot] = token.weight;
    }
    if (encoder) encodedStates.set(encoder.stateOf(state), index * encoder.width);
  }
  return { contextTokens, contextWeights, ...(encoder && { encodedStates }) };
}

/** The state of each row, and the item that it shows, by its table row, tokens and text. */
export function rowFeeds(
  laid: TrainingRows,
  units: readonly SlateUnit[],
  { sizes, places }: { readonly sizes: TowerSizes; readonly places: readonly Int32Array[] },
): BatchFeeds & { readonly stateOf: Int32Array } {
  const { items } = laid;
  const {
    rows: count,
    slots: { item: slots },
  } = sizes;
  const stateOf = new Int32Array(count);
  const shownRows = new Int32Array(count);
  const shownTokens = new Int32Array(count * slots);
  const shownTokenWeights = new Float32Array(count * slots);
  const shownLogOdds = new Float32Array(count);
  const shown: number[] = [];
  for (const [index, { rows, read, state, logOdds }] of units.entries()) {
    for (const [at, { action }] of rows.entries()) {
      const item = read[state.history.length + at]!;
      const row = shown.push(item) - 1;
      stateOf[row] = index;
      shownRows[row] = items.rows[item]!;
      shownTokens.set(items.tokens.subarray(item * slots, (item + 1) * slots), row * slots);
      shownTokenWeights.set(
        items.tokenWeights.subarray(item * slots, (item + 1) * slots),
        row * slots,
      );
      shownLogOdds[row] = logOdds?.[places[row]![action]!] ?? 0;
    }
  }
  const texts = textFeeds(laid, shown, { name: "shownTexts", count });
  return { stateOf, shownRows, shownTokens, shownTokenWeights, shownLogOdds, ...texts };
}
