import type { SlateRule } from "./slate-drawer.ts";

/**
 * P(a | the logged items above) of each position under a rule: K for each, 0 for the items above.
 * @param items indices of the logged items, position 0 first
 */
export function conditionalsOf(
  { policies, exploration }: SlateRule,
  items: readonly number[],
): readonly Float64Array[] {
  return items.map((_, k) => {
    const left = (policies[k] ?? policies.at(-1)!).slice();
    for (const above of items.slice(0, k)) left[above] = 0;
    const mass = left.reduce((sum, one) => sum + one, 0);
    const floor = exploration / (left.length - k);
    const conditional = left.map((one) => ((1 - exploration) * one) / mass + floor);
    for (const above of items.slice(0, k)) conditional[above] = 0;
    return conditional;
  });
}

/** Π_{j≤k} of each position: probabilities of a prefix from those of its items given the items above. */
export function accumulate(probabilities: ArrayLike<number>): Float64Array {
  let product = 1;
  return Float64Array.from(probabilities, (one) => {
    product *= one;
    return product;
  });
}
