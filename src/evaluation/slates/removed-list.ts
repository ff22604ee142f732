import { findShare, type PolicyShares } from "./policy-shares.ts";

/** Candidates that can't be drawn, the first `count` of `indices`, in ascending order. */
export interface RemovedList {
  readonly indices: Int32Array;
  count: number;
}

export const createRemovedList = (candidates: number): RemovedList => ({
  indices: new Int32Array(candidates),
  count: 0,
});

/** @param added as many, ascending, none of them in the list yet */
export function mergeIn(removed: RemovedList, { indices: added, count }: RemovedList): void {
  const { indices } = removed;
  let from = removed.count - 1;
  removed.count += count;
  for (let next = count - 1, place = removed.count - 1; next >= 0; place--)
    if (from >= 0 && indices[from]! > added[next]!) indices[place] = indices[from--]!;
    else indices[place] = added[next--]!;
}

/** The candidate at an index among those that are not removed. */
export function findByIndex({ indices, count }: RemovedList, index: number): number {
  let found = index;
  for (let i = 0; i < count && indices[i]! <= found; i++) found++;
  return found;
}

/** The candidate in whose share of the mass a number falls, if the removed ones have none. */
export function findByMass(shares: PolicyShares, removed: RemovedList, mass: number): number {
  const { policy, cumulative } = shares;
  const { indices, count } = removed;
  let target = mass;
  let i = 0;
  for (; i < count && cumulative[indices[i]!]! <= target; i++) target += policy[indices[i]!]!;
  const found = findShare(shares, target);
  // Rounding at its border can hit the removed candidate before.
  return i > 0 && indices[i - 1] === found ? findByIndex(removed, 0) : found;
}

/** Σ of the products that are not removed. */
export function sumLeft(
  { indices, count }: RemovedList,
  policy: Float64Array,
  values?: Float64Array,
): number {
  let [sum, next] = [0, 0];
  for (let a = 0; a < policy.length; a++) {
    if (next < count && indices[next] === a) next++;
    else sum += policy[a]! * (values ? values[a]! : 1);
  }
  return sum;
}
