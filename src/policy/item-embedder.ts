import { createSession } from "../tensor/session.ts";
import { maxItemTokens } from "./item-features.ts";
import type { Network } from "./network.ts";
import type { ItemView } from "./policy.ts";
import { textFeed } from "./text-features.ts";
import { itemBatch, itemGraph } from "./towers.ts";

/** e_m(a) of all heads one after the other, then b_m(a) + u_m·e_m(a) of each. */
export type ItemVector = Float32Array;

/** The item tower of a network, `itemBatch` items a run. It owns native memory: close it. */
export interface ItemEmbedder {
  embed(views: readonly ItemView[]): Promise<ItemVector[]>;
  close(): Promise<void>;
}

export async function createItemEmbedder(network: Network, threads: number): Promise<ItemEmbedder> {
  const { heads, width, text } = network.shape;
  const { graph, outputs } = itemGraph(network);
  const session = await createSession(graph, outputs, { threads });
  const rows = new Map<string, number>(network.itemIds.map((item, index) => [item, index]));

  async function embedBatch(views: readonly ItemView[]): Promise<ItemVector[]> {
    const itemRows = new Int32Array(itemBatch);
    const itemTokens = new Int32Array(itemBatch * maxItemTokens);
    const itemTokenWeights = new Float32Array(itemBatch * maxItemTokens);
    for (const [index, view] of views.entries()) {
      itemRows[index] = rows.get(view.itemId) ?? 0;
      for (const [slot, token] of view.tokens.entries()) {
        itemTokens[index * maxItemTokens + slot] = token.index;
        itemTokenWeights[index * maxItemTokens + slot] = token.weight;
      }
    }
    const { embedding, bias } = await session.run({
      itemRows,
      itemTokens,
      itemTokenWeights,
      ...(text && {
        itemTexts: textFeed(
          views.map((view, item) => [view, item]),
          text,
          itemBatch,
        ),
      }),
    });
    return views.map((_, index) => {
      const vector = new Float32Array(heads * width + heads);
      for (let head = 0; head < heads; head++) {
        const start = (head * itemBatch + index) * width;
        vector.set(embedding!.subarray(start, start + width), head * width);
        vector[heads * width + head] = bias![head * itemBatch + index]!;
      }
      return vector;
    });
  }

  return {
    embed: async (views) => {
      const vectors: ItemVector[] = [];
      for (let start = 0; start < views.length; start += itemBatch)
        vectors.push(...(await embedBatch(views.slice(start, start + itemBatch))));
      return vectors;
    },
    close: () => session.close(),
  };
}
