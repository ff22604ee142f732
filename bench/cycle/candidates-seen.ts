import { readFeedback } from "../../src/engine/learner/cycle/read-feedback.ts";
import { createCatalogueAsOf } from "../../src/engine/state/catalogue-as-of.ts";
import { chooseBatchShape, drawnBatches } from "../../src/learning/batch.ts";
import { shuffledUnits } from "../../src/learning/train-rows.ts";
import { layRows } from "../../src/learning/training-rows.ts";
import { createRandom } from "../../src/numeric/random.ts";
import type { Store } from "../../src/storage/store.ts";
import { type ShopSize, shopClosedAt, shopConfiguration } from "./make-shop.ts";

const noTokens = new Int32Array(1 << 16);

/** Share of the decisions' candidates, less those that earlier positions took, in the batches of an epoch. */
export async function measureCandidatesSeen(store: Store, size: ShopSize): Promise<number> {
  const configuration = shopConfiguration(size);
  const { rows } = await readFeedback({
    store,
    scenario: configuration.scenarios[0]!,
    now: shopClosedAt(size),
    catalogueAsOf: createCatalogueAsOf(store.items, configuration.text),
    plan: { read: size.decisions, decisions: size.decisions, cells: Number.POSITIVE_INFINITY },
    previous: 0,
    cycle: 1,
  });
  const tables = {
    items: new Map(),
    itemRows: 1,
    tokenRows: 1,
    itemTokens: noTokens,
    contextTokens: noTokens,
  };
  const laid = layRows(rows, { tables, slots: { item: 16, context: 16 } });
  const random = createRandom(1);
  const shape = chooseBatchShape(laid, random.split("shape"));
  const drawn = shuffledUnits(laid.units.length, random);
  let seen = 0;
  for (const { places } of drawnBatches(laid, drawn, shape))
    for (const own of places) seen += new Set(own).size;
  const { slateSize, candidates } = size;
  return seen / (rows.length * (candidates - (slateSize - 1) / 2));
}
