import { constant, createGraph, input } from "../tensor/graph.ts";
import { matmul } from "../tensor/linear-algebra.ts";
import { createSession } from "../tensor/session.ts";
import type { Token } from "./item-features.ts";
import type { Network } from "./network.ts";
import type { ItemView } from "./policy.ts";
import { textFeed } from "./text-features.ts";

/** Items that are embedded without a pause. */
export const itemBatch = 256;

/** Where items are in the space of a network. It owns native memory: close it. */
export interface ItemEmbedder {
  /**
   * For each item and head e, then b + u·e: heads · (width + 1) numbers an item, written into its row of the values that are returned.
   * @param into default: a new array, in the order of the items
   */
  embed(
    views: readonly ItemView[],
    into?: { readonly values: Float32Array; readonly rows: ArrayLike<number> },
  ): Promise<Float32Array>;
  close(): Promise<void>;
}

/** What the texts of a batch of items add to e, [itemBatch, heads · width]; undefined if the network reads no texts. */
async function openTexts({ shape, parameters }: Network, threads: number) {
  const { text, heads, width } = shape;
  if (text === undefined) return undefined;
  const graph = createGraph();
  const texts = input(graph, "texts", [itemBatch, text.width]);
  const weights = constant(graph, parameters.textWeights!, [text.width, heads * width]);
  const session = await createSession(graph, { parts: matmul(texts, weights) }, { threads });
  return {
    partsOf: async (views: readonly ItemView[]) => {
      const columns = views.map((view, column): [ItemView, number] => [view, column]);
      return (await session.run({ texts: textFeed(columns, text, itemBatch) })).parts!;
    },
    close: () => session.close(),
  };
}

/** Adds the row of a table, [rows, sums.length], that many times. */
function addRow(sums: Float64Array, table: Float32Array, row: number, times: number): void {
  const width = sums.length;
  const start = row * width;
  for (let i = 0; i < width; i++) sums[i] = sums[i]! + times * table[start + i]!;
}

/** The same of two tokens, one after the other: half the reads and writes of sums. */
function addTokens(sums: Float64Array, table: Float32Array, one: Token, other: Token): void {
  const width = sums.length;
  const [first, second] = [one.index * width, other.index * width];
  const [w, v] = [one.weight, other.weight];
  for (let i = 0; i < width; i++)
    sums[i] = sums[i]! + w * table[first + i]! + v * table[second + i]!;
}

function setRow(sums: Float64Array, table: Float32Array, row: number): void {
  const width = sums.length;
  const start = row * width;
  for (let i = 0; i < width; i++) sums[i] = table[start + i]!;
}

const everyRow = (count: number): readonly number[] => [...Array(count).keys()];

/**
 * Items' e as counted loops over the tokens that an item has: a graph would have to be opened for each
 * network, with room for the most tokens. Only texts, which are wide, are worth one.
 */
export async function createItemEmbedder(network: Network, threads: number): Promise<ItemEmbedder> {
  const { heads, width } = network.shape;
  const { itemTable, itemTokenTable, itemBias, itemWeights } = network.parameters;
  const texts = await openTexts(network, threads);
  const rowByItem = new Map<string, number>(network.itemIds.map((item, row) => [item, row]));
  const sums = new Float64Array(heads * width);
  const stride = heads * (width + 1);

  function writeItem(item: number, values: Float32Array, row: number): void {
    let to = row * stride;
    let i = 0;
    for (let head = 0; head < heads; head++) {
      let bias = itemBias![item * heads + head]!;
      for (const end = i + width; i < end; i++, to++) {
        const value = sums[i]!;
        values[to] = value;
        bias += itemWeights![i]! * value;
      }
      values[to++] = bias;
    }
  }
  async function writeBatch(
    views: readonly ItemView[],
    first: number,
    { values, rows }: { readonly values: Float32Array; readonly rows: ArrayLike<number> },
  ): Promise<void> {
    const end = Math.min(views.length, first + itemBatch);
    const parts = await texts?.partsOf(views.slice(first, end));
    for (let index = first; index < end; index++) {
      const { itemId, tokens } = views[index]!;
      const item = rowByItem.get(itemId) ?? 0;
      setRow(sums, itemTable!, item);
      const even = tokens.length - (tokens.length % 2);
      for (let at = 0; at < even; at += 2)
        addTokens(sums, itemTokenTable!, tokens[at]!, tokens[at + 1]!);
      const last = tokens[even];
      if (last) addRow(sums, itemTokenTable!, last.index, last.weight);
      if (parts) addRow(sums, parts, index - first, 1);
      writeItem(item, values, rows[index]!);
    }
  }

  return {
    embed: async (
      views,
      into = { values: new Float32Array(views.length * stride), rows: everyRow(views.length) },
    ) => {
      for (let first = 0; first < views.length; first += itemBatch) {
        if (first > 0) await new Promise(setImmediate);
        await writeBatch(views, first, into);
      }
      return into.values;
    },
    close: async () => texts?.close(),
  };
}
