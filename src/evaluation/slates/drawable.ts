import { fillGuide, type PolicyShares, sumShares } from "./policy-shares.ts";
import {
  createRemovedList,
  findByIndex,
  findByMass,
  mergeIn,
  type RemovedList,
  sumLeft,
} from "./removed-list.ts";

/** Sums over candidates, with π of the next position k. */
export interface CandidateSums {
  count: number;
  /** Σ π_k */
  mass: number;
  /** Σ π_k·v */
  massValue: number;
  /** Σ v */
  value: number;
}

/** The candidates that can be drawn for the next position. */
export interface Drawable {
  /** Valid until the next change. */
  readonly sums: Readonly<CandidateSums>;
  open(policies: readonly Float64Array[], values: Float64Array): void;
  /** All of them, at position 0. */
  clear(): void;
  /** To be removed with the next `removeMarked`: in ascending order, none that is removed. */
  mark(a: number): void;
  removeMarked(): void;
  /** To the next position. */
  advance(): void;
  /** @param uniform in [0, 1); the first `floorShare` of it are for the uniform choice */
  draw(uniform: number, floorShare: number): number;
}

/** If less of a sum is left, it is summed anew: a difference of two near numbers has no digits. */
const smallestRest = 1e-6;

/** Takes candidates out of the sums. */
function subtract(
  sums: CandidateSums,
  { indices, count }: RemovedList,
  { policy, values }: { readonly policy: Float64Array; readonly values: Float64Array },
): void {
  sums.count -= count;
  for (let place = 0; place < count; place++) {
    const a = indices[place]!;
    const mass = policy[a]!;
    sums.mass -= mass;
    sums.massValue -= mass * values[a]!;
    sums.value -= values[a]!;
  }
}

/** Its memory is used again for each rule. */
export function createDrawable(): Drawable {
  let all: PolicyShares[] = [];
  let values: Float64Array = new Float64Array();
  let shares: PolicyShares;
  let [removed, marked] = [createRemovedList(0), createRemovedList(0)];
  let position = 0;
  let [wholeValue, summed] = [0.1, 0.1];
  const sums: CandidateSums = { count: 0, mass: 0.1, massValue: 0.1, value: 0.1 };

  function sumAnew(): void {
    sums.mass = sumLeft(removed, shares.policy);
    sums.massValue = sumLeft(removed, shares.policy, values);
    summed = sums.mass;
  }
  return {
    sums,
    open(policies, given) {
      values = given;
      const { length } = values;
      all = policies.map((policy, k) => sumShares(policy, values, all[k]));
      all.forEach(fillGuide);
      wholeValue = values.reduce((sum, value) => sum + value, 0);
      if (removed.indices.length !== length)
        [removed, marked] = [createRemovedList(length), createRemovedList(length)];
    },
    clear() {
      [removed.count, position] = [0, 0];
      shares = all[0]!;
      summed = shares.cumulative[values.length]!;
      sums.count = values.length;
      sums.mass = summed;
      sums.massValue = shares.value;
      sums.value = wholeValue;
    },
    mark(a) {
      marked.indices[marked.count++] = a;
    },
    removeMarked() {
      if (marked.count === 0) return;
      mergeIn(removed, marked);
      subtract(sums, marked, { policy: shares.policy, values });
      marked.count = 0;
      if (sums.mass <= smallestRest * summed) sumAnew();
    },
    advance() {
      const next = all[++position] ?? shares;
      if (next === shares) return;
      shares = next;
      sumAnew();
    },
    draw: (uniform, floorShare) =>
      uniform < floorShare
        ? findByIndex(removed, Math.floor((uniform / floorShare) * sums.count))
        : findByMass(shares, removed, ((uniform - floorShare) / (1 - floorShare)) * sums.mass),
  };
}
