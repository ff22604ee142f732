import { createPrefix } from "../../domain/prefix-rules.ts";
import { tiltBy } from "../../domain/slate-diversity.ts";
import { policyAt, type SlateRule } from "./slate-drawer.ts";

/**
 * P(a | the logged items above) of each position under a rule: K for each, 0 for the items above and for those that a cap forbids.
 * @param items indices of the logged items, position 0 first
 */
export function conditionalsOf(
  { policies, exploration, ...rules }: SlateRule,
  items: readonly number[],
): readonly Float64Array[] {
  const { closed, spread, take } = createPrefix(rules, policies[0]!.length);
  return items.map((item, k) => {
    const policy = policyAt({ policies }, k);
    const left = policy.map((one, a) =>
      closed[a] ? 0 : one * (spread ? Math.exp(tiltBy(spread.unexplained[a]!, spread.power)) : 1),
    );
    const mass = left.reduce((sum, one) => sum + one, 0);
    const count = closed.reduce((sum, one) => sum + 1 - one, 0);
    const floor = exploration / count;
    const conditional = left.map((one, a) =>
      closed[a] ? 0 : ((1 - exploration) * one) / mass + floor,
    );
    take(item);
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
