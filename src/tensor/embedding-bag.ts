import { multiply } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import type { Value } from "./graph.ts";
import { gatherRows } from "./indexing.ts";
import { reshape } from "./layout.ts";
import { sameShape, shapeError } from "./shape.ts";

/**
 * Σ of weighted table rows: a bag for each row of `indices`.
 *
 * @param table [entries, width]
 * @param indices int32 [bags, slots]; unused slots have weight 0
 * @param weights [bags, slots]
 * @returns [bags, width]
 */
export function embeddingBag(table: Value, indices: Value, weights: Value): Value {
  const [bags = 0, slots = 0] = indices.shape;
  if (indices.shape.length !== 2 || !sameShape(indices.shape, weights.shape))
    throw shapeError("embeddingBag", "[bags, slots] twice", indices.shape, weights.shape);
  const rows = gatherRows(table, indices);
  return sum(multiply(rows, reshape(weights, [bags, slots, 1])), { axes: [1] });
}
