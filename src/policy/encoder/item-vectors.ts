import type { ItemId } from "../../domain/ids.ts";
import type { EncoderModel } from "./encoder-model.ts";

/** Items as an encoder places them. */
export interface ItemVectors {
  /** d + 1: an item's embedding, then the logarithm of its share of the events. */
  readonly width: number;
  /** Row of an item in the table; 0 if the encoder does not know it. */
  rowOf(itemId: ItemId): number;
  /** [1 + items, width]; row 0 represents unknown items. */
  readonly table: Float32Array;
}

/**
 * An unknown item has the mean of all embeddings: its log-odds are the mean of all items', for each
 * user. Its share is that of an item without events.
 */
export function createItemVectors({
  shape,
  parameters,
  itemIds,
  counts,
}: EncoderModel): ItemVectors {
  const embedding = shape.width;
  const width = embedding + 1;
  const table = new Float32Array((itemIds.length + 1) * width);
  const mean = new Float64Array(embedding);
  const total = counts.reduce((sum, count) => sum + count, itemIds.length + 1);
  for (let item = 0; item < itemIds.length; item++) {
    const own = parameters.itemTable!.subarray(item * embedding, (item + 1) * embedding);
    for (let i = 0; i < embedding; i++) mean[i]! += own[i]! / itemIds.length;
    table.set(own, (item + 1) * width);
    table[(item + 2) * width - 1] = Math.log((counts[item]! + 1) / total);
  }
  table.set(mean);
  table[embedding] = -Math.log(total);
  const rows = new Map(itemIds.map((itemId, item) => [itemId, item + 1]));
  return { width, table, rowOf: (itemId) => rows.get(itemId) ?? 0 };
}
