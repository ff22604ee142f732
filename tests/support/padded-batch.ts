import {
  type Batch,
  type BatchShape,
  buildBatch,
  chooseBatchShape,
} from "../../src/learning/batch.ts";
import { createFeedArrays } from "../../src/learning/batch-feeds.ts";
import { type BatchRow, layRows, tableRows } from "../../src/learning/training-rows.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { allSlots, type TokenSlots } from "../../src/policy/item-features.ts";
import type { Network } from "../../src/policy/network.ts";

/** All rows in one batch that has room for one more of everything: padding is part of every batch. */
export function paddedBatch<Row extends BatchRow>(
  rows: readonly Row[],
  network: Network,
  { tables = tableRows(network), slots = allSlots as TokenSlots } = {},
): { readonly batch: Batch<Row>; readonly shape: BatchShape } {
  const laid = layRows(rows, { tables, slots });
  const tight = chooseBatchShape(laid, createRandom(1));
  const roomy = Object.entries(tight).map(([name, size]) => [name, Number(size) + 1]);
  const shape = { ...Object.fromEntries(roomy), slots, tokens: tight.tokens } as BatchShape;
  const drawn = laid.units.map((_, index) => ({ index, weight: 1 }));
  return { batch: buildBatch(laid, drawn, { sizes: shape, arrays: createFeedArrays() }), shape };
}
