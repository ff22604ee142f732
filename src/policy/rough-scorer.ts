import { rowsOf } from "./item-rows.ts";
import type { ItemTable } from "./item-table.ts";
import type { Network } from "./network.ts";
import type { ItemView, PolicyState, RoughLogits } from "./policy.ts";
import { createTableProduct, productsOf } from "./table-product.ts";

/** κ·ℓ + products by row, in the place of ℓ: arrays of a whole catalogue cost more than what is done with them. */
function addGathered(
  logOdds: Float64Array,
  weight: number,
  { products, rows }: { readonly products: Float32Array; readonly rows: Int32Array },
): Float64Array {
  for (let a = 0; a < rows.length; a++) logOdds[a] = weight * logOdds[a]! + products[rows[a]!]!;
  return logOdds;
}

/** f roughly, of networks with one head, from the state's h. */
export function createRoughScorer(
  { shape: { width }, parameters, encoder }: Network,
  items: ItemTable,
) {
  const multiplyTable = createTableProduct(items.stride);
  return async (
    state: PolicyState,
    candidates: readonly ItemView[],
    encoded: Float32Array,
  ): Promise<RoughLogits> => {
    const rows = rowsOf(candidates);
    const own = Float32Array.of(...encoded.subarray(0, width), 1);
    const { products, error } = await multiplyTable(items, own);
    const odds = await encoder?.roughLogOdds(state, candidates);
    if (odds === undefined) return { logits: productsOf(products, rows), error };
    const weight = parameters.logOddsWeights![0]!;
    const logits = addGathered(odds.logits, weight, { products, rows });
    return { logits, error: error + Math.abs(weight) * odds.error };
  };
}
