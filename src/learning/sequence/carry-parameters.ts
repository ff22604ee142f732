import type { ItemId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import type { EncoderModel } from "../../policy/encoder/encoder-model.ts";
import { createTransformer, type TransformerModel } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";

/**
 * An encoder's parameters for a later catalogue: known items keep their rows, new ones begin as in a
 * first training.
 */
export function carryParameters(
  { parameters, itemIds: known, shape: { width } }: EncoderModel,
  options: {
    readonly shape: TransformerShape;
    /** Item of each row of the new table. */
    readonly itemIds: readonly ItemId[];
    readonly seed: number;
  },
): TransformerModel["parameters"] {
  const { shape, itemIds, seed } = options;
  const fresh = createTransformer(shape, createRandom(seed).split("start")).parameters;
  const rows = new Map(known.map((itemId, row) => [itemId, row]));
  const itemTable = fresh.itemTable!.slice();
  for (const [item, itemId] of itemIds.entries()) {
    const row = rows.get(itemId);
    if (row === undefined) continue;
    itemTable.set(parameters.itemTable!.subarray(row * width, (row + 1) * width), item * width);
  }
  return { ...parameters, itemTable };
}
