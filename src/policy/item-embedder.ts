import { constant, createGraph, input } from "../tensor/graph.ts";
import { matmul } from "../tensor/linear-algebra.ts";
import { createSession } from "../tensor/session.ts";
import type { Network } from "./network.ts";
import type { ItemView } from "./policy.ts";
import { textFeed } from "./text-features.ts";

/** Items that are embedded without a pause. */
export const itemBatch = 256;

/** Where items are in the space of a network. It owns native memory: close it. */
export interface ItemEmbedder {
  /** For each item and head e, then b + u·e: heads · (width + 1) numbers an item. */
  embed(views: readonly ItemView[]): Promise<Float32Array>;
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
function addRow(sums: Float64Array, table: Float32Array, row: number, times = 1): void {
  const start = row * sums.length;
  for (let i = 0; i < sums.length; i++) sums[i]! += times * table[start + i]!;
}

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

  function writeItem(item: number, embedded: Float32Array, at: number): void {
    for (let head = 0; head < heads; head++) {
      const start = at + head * (width + 1);
      let bias = itemBias![item * heads + head]!;
      for (let i = head * width, to = start; i < (head + 1) * width; i++, to++) {
        embedded[to] = sums[i]!;
        bias += itemWeights![i]! * sums[i]!;
      }
      embedded[start + width] = bias;
    }
  }
  /** Writes a batch's items into their rows. */
  async function writeBatch(batch: readonly ItemView[], embedded: Float32Array): Promise<void> {
    const parts = await texts?.partsOf(batch);
    for (const [index, { itemId, tokens }] of batch.entries()) {
      const item = rowByItem.get(itemId) ?? 0;
      sums.fill(0);
      addRow(sums, itemTable!, item);
      for (const token of tokens) addRow(sums, itemTokenTable!, token.index, token.weight);
      if (parts) addRow(sums, parts, index);
      writeItem(item, embedded, index * stride);
    }
  }

  return {
    embed: async (views) => {
      const embedded = new Float32Array(views.length * stride);
      for (let first = 0; first < views.length; first += itemBatch) {
        if (first > 0) await new Promise(setImmediate);
        const batch = views.slice(first, first + itemBatch);
        await writeBatch(batch, embedded.subarray(first * stride));
      }
      return embedded;
    },
    close: async () => texts?.close(),
  };
}
