import { drawAround } from "./draw-around.ts";
import { createSlateDrawer, type SlateRule } from "./slate-drawer.ts";
import type { SlateDraws } from "./slate-draws.ts";

function sumAbove(feature: Float64Array, above: ArrayLike<number>, position: number): number {
  let sum = 0;
  for (let k = 0; k < position; k++) sum += feature[above[k]!]!;
  return sum;
}

/**
 * Makes Σ_{j<k} x(a_j) of the items above each position, less its expectation under the policy that made the slate, given the item
 * at k: what the policy's chance alone has put above it. 0 on average, for any item, state and user.
 *
 * @returns a function of that policy's rule, the indices of the logged items, the slate's draws, and features x of the K
 *   candidates; for each feature an entry a position, 0 at position 0
 */
export function createItemsAbove(): (
  rule: SlateRule,
  items: readonly number[],
  draws: SlateDraws,
  features: readonly Float64Array[],
) => readonly Float64Array[] {
  const drawer = createSlateDrawer();
  return (rule, items, draws, features) => {
    drawer.open(rule, { items, values: features[0]! });
    const above = features.map(() => new Float64Array(items.length));
    for (const [position, item] of items.entries()) {
      if (position === 0) continue;
      let weights = 0;
      const sums = features.map(() => 0);
      drawAround({ rule, drawer }, { item, position }, draws, (weight, prefix) => {
        weights += weight;
        for (const [index, feature] of features.entries())
          sums[index]! += weight * sumAbove(feature, prefix, position);
      });
      for (const [index, feature] of features.entries())
        above[index]![position] = sumAbove(feature, items, position) - sums[index]! / weights;
    }
    return above;
  };
}
