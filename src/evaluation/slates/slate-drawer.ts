import type { PrefixRules } from "../../domain/prefix-rules.ts";

/**
 * How a policy fills a slate without repetition: at position k it takes one of the candidates that are left, a with
 * (1 − ε)·π_k(a)/Σ_left π_k + ε/|left|. With caps those are left that no full group forbids; with diversity π_k(a) is multiplied by
 * a power of the part of a that the items above leave unexplained.
 */
export interface SlateRule extends PrefixRules {
  /** π_k of all K candidates, without the floor; the last one holds for all further positions. */
  readonly policies: readonly Float64Array[];
  /** ε of the floor, in [0, 1]. */
  readonly exploration: number;
}

/** A logged slate with the values of its candidates. */
export interface ValuedSlate {
  /** Indices of the logged items, position 0 first. */
  readonly items: readonly number[];
  /** v of the K candidates. */
  readonly values: Float64Array;
  /** Positions that were asked for, if caps have ended the slate before. What further ones would have been worth counts at the last. */
  readonly asked?: number;
}

/** Fills slates by a rule, candidate by candidate. */
export interface SlateDrawer {
  /** Changes to another rule and slate. */
  open(rule: SlateRule, slate: ValuedSlate): void;
  /** Begins an empty slate. @param without a candidate that it never gets */
  clear(without?: number): void;
  /** Puts a candidate at the next position. */
  take(a: number): void;
  /** Σ π_k of the candidates that are left for the next position k. */
  leftMass(): number;
  /** Σ π_k·v of those. */
  leftValue(): number;
  /**
   * One of the candidates that are left.
   * @param uniform in [0, 1); the first `floorShare` of it are for the uniform choice
   */
  draw(uniform: number, floorShare: number): number;
}

/** Running sums of a policy, with an index into them. */
interface Shares {
  policy: Float64Array;
  /** Σ of the first a candidates, K + 1 of them. */
  readonly cumulative: Float64Array;
  /** For each K-th of the whole mass the candidate in whose share it begins. */
  readonly guide: Int32Array;
  value: number;
}

function sumShares(policy: Float64Array, values: Float64Array, memory: Shares | undefined): Shares {
  const { length: count } = policy;
  const shares =
    memory?.guide.length === count + 1
      ? memory
      : {
          policy,
          cumulative: new Float64Array(count + 1),
          guide: new Int32Array(count + 1),
          value: 0,
        };
  const { cumulative } = shares;
  let value = 0;
  for (let a = 0; a < count; a++) {
    cumulative[a + 1] = cumulative[a]! + policy[a]!;
    value += policy[a]! * values[a]!;
  }
  shares.policy = policy;
  shares.value = value;
  return shares;
}

function fillGuide({ cumulative, guide }: Shares): void {
  const count = guide.length - 1;
  const step = cumulative[count]! / count;
  for (let part = 0, a = 0; part <= count; part++) {
    while (a < count - 1 && cumulative[a + 1]! <= part * step) a++;
    guide[part] = a;
  }
}

/** The candidate in whose share of the whole mass a number falls. */
function findShare({ cumulative, guide }: Shares, mass: number): number {
  const count = guide.length - 1;
  let a = guide[Math.min(count, Math.floor((mass / cumulative[count]!) * count))]!;
  while (a > 0 && cumulative[a]! > mass) a--;
  while (a < count - 1 && cumulative[a + 1]! <= mass) a++;
  return a;
}

/** If less of a sum is left, it is summed anew: a difference of two near numbers has no digits. */
const smallestRest = 1e-6;

/** Indices that are taken, the first `count` of `indices`, in ascending order. */
interface Taken {
  indices: Int32Array;
  count: number;
}

function insert(taken: Taken, a: number): void {
  const { indices } = taken;
  let place = taken.count++;
  for (; place > 0 && indices[place - 1]! > a; place--) indices[place] = indices[place - 1]!;
  indices[place] = a;
}

/** The candidate at an index among those that are not taken. */
function findByIndex({ indices, count }: Taken, index: number): number {
  let found = index;
  for (let i = 0; i < count && indices[i]! <= found; i++) found++;
  return found;
}

/** The candidate in whose share of the mass a number falls, if the taken ones have none. */
function findByMass(shares: Shares, taken: Taken, mass: number): number {
  const { policy, cumulative } = shares;
  const { indices, count } = taken;
  let target = mass;
  let i = 0;
  for (; i < count && cumulative[indices[i]!]! <= target; i++) target += policy[indices[i]!]!;
  const found = findShare(shares, target);
  // Rounding at its border can hit the taken candidate before.
  return i > 0 && indices[i - 1] === found ? findByIndex(taken, 0) : found;
}

/** Σ of the values that are not taken. */
function sumLeft(values: ArrayLike<number>, { indices, count }: Taken, of: Float64Array): number {
  let [sum, next] = [0, 0];
  for (let a = 0; a < of.length; a++) {
    if (next < count && indices[next] === a) next++;
    else sum += of[a]! * values[a]!;
  }
  return sum;
}

/** Its memory is used again for each rule. */
export function createSlateDrawer(): SlateDrawer {
  let all: Shares[] = [];
  let [values, ones] = [new Float64Array(), new Float64Array()] as [Float64Array, Float64Array];
  const taken: Taken = { indices: new Int32Array(16), count: 0 };
  let shares: Shares;
  let [position, left, leftValue, summed] = [0, 0.1, 0.1, 0.1];

  function sumAnew(): void {
    left = sumLeft(ones, taken, shares.policy);
    leftValue = sumLeft(values, taken, shares.policy);
    summed = left;
  }
  function remove(a: number): void {
    insert(taken, a);
    const mass = shares.policy[a]!;
    left -= mass;
    leftValue -= mass * values[a]!;
    if (left <= smallestRest * summed) sumAnew();
  }
  return {
    open(rule, slate) {
      ({ values } = slate);
      if (ones.length !== values.length) ones = new Float64Array(values.length).fill(1);
      all = rule.policies.map((policy, k) => sumShares(policy, values, all[k]));
      if (slate.items.length > 1) all.forEach(fillGuide);
      if (taken.indices.length <= slate.items.length)
        taken.indices = new Int32Array(2 * slate.items.length);
      shares = all[0]!;
    },
    clear(without) {
      [taken.count, position] = [0, 0];
      shares = all[0]!;
      left = shares.cumulative[values.length]!;
      leftValue = shares.value;
      summed = left;
      if (without !== undefined) remove(without);
    },
    take(a) {
      remove(a);
      const next = all[++position] ?? shares;
      if (next === shares) return;
      shares = next;
      sumAnew();
    },
    leftMass: () => left,
    leftValue: () => leftValue,
    draw: (uniform, floorShare) =>
      uniform < floorShare
        ? findByIndex(taken, Math.floor((uniform / floorShare) * (values.length - taken.count)))
        : findByMass(shares, taken, ((uniform - floorShare) / (1 - floorShare)) * left),
  };
}
