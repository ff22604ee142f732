import type { RandomStream } from "../../../src/numeric/random.ts";

/** Draws slates by the rule that serves: (1 − ε)·π + ε/K over the items that are left, one position after the other. */
export interface SlateSampler {
  /** Items of a slate and their propensities given the items above. */
  draw(random: RandomStream): { readonly order: number[]; readonly propensities: number[] };
}

/** Draws in a row that hit items which are taken: then the rest is drawn among those that are left. */
const mostMisses = 64;

/**
 * Rejects what is taken, which draws from the rest: a slate costs O(S·log K) instead of O(S·K).
 * @param policy π up to a factor
 */
export function createSlateSampler(
  policy: Float64Array,
  { slate, exploration }: { readonly slate: number; readonly exploration: number },
): SlateSampler {
  const { length: count } = policy;
  const cumulative = new Float64Array(count + 1);
  for (let a = 0; a < count; a++) cumulative[a + 1] = cumulative[a]! + policy[a]!;
  const total = cumulative[count]!;
  const find = (mass: number) => {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle + 1]! > mass) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const drawRest = (order: readonly number[], left: number, random: RandomStream) => {
    let target = random.uniform() * left;
    let last = -1;
    for (let a = 0; a < count; a++) {
      if (order.includes(a)) continue;
      last = a;
      target -= policy[a]!;
      if (target < 0) break;
    }
    return last;
  };
  const choose = (order: readonly number[], left: number, random: RandomStream): number => {
    const isUniform = random.uniform() < exploration;
    for (let miss = 0; miss < mostMisses; miss++) {
      const item = isUniform ? random.integer(count) : find(random.uniform() * total);
      if (!order.includes(item)) return item;
    }
    return drawRest(order, left, random);
  };
  return {
    draw(random) {
      const order: number[] = [];
      const propensities: number[] = [];
      let left = total;
      for (let k = 0; k < slate; k++) {
        const item = choose(order, left, random);
        propensities.push(((1 - exploration) * policy[item]!) / left + exploration / (count - k));
        order.push(item);
        left = order.reduce((rest, taken) => rest - policy[taken]!, total);
        if (left < 1e-6 * total) left = restOf(policy, order);
      }
      return { order, propensities };
    },
  };
}

/** The mass that is left, without the digits that a difference loses. */
function restOf(policy: Float64Array, order: readonly number[]): number {
  let rest = 0;
  for (let a = 0; a < policy.length; a++) if (!order.includes(a)) rest += policy[a]!;
  return rest;
}
