import {
  type Batch,
  type BatchShape,
  buildBatch,
  chooseBatchShape,
} from "../../src/learning/batch.ts";
import { type BatchRow, layRows, tableRows } from "../../src/learning/training-rows.ts";
import { allSlots, type TokenSlots } from "../../src/policy/item-features.ts";
import type { Network } from "../../src/policy/network.ts";

/** All rows in one batch that has room for one more of everything: padding is part of every batch. */
export function paddedBatch<Row extends BatchRow>(
  rows: readonly Row[],
  network: Network,
  { tables = tableRows(network), slots = allSlots as TokenSlots } = {},
): { readonly batch: Batch<Row>; readonly shape: BatchShape } {
  const laid = layRows(rows, { tables, slots });
  const { rows: most, states, candidates, items, read } = chooseBatchShape(laid);
  const shape = {
    ...{ rows: most + 1, states: states + 1, candidates: candidates + 1 },
    ...{ items: items + 1, read: read + 1, slots },
  };
  const drawn = laid.units.map((_, index) => ({ index, weight: 1 }));
  return { batch: buildBatch(laid, drawn, shape), shape };
}
