/** Running sums of a policy, with an index into them. */
export interface PolicyShares {
  policy: Float64Array;
  /** Σ of the first a candidates, K + 1 of them. */
  readonly cumulative: Float64Array;
  /** For each K-th of the whole mass the candidate in whose share it begins. */
  readonly guide: Int32Array;
  /** Σ π·v */
  value: number;
}

/** @param memory of another policy, which is used again if it has the size */
export function sumShares(
  policy: Float64Array,
  values: Float64Array,
  memory: PolicyShares | undefined,
): PolicyShares {
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

export function fillGuide({ cumulative, guide }: PolicyShares): void {
  const count = guide.length - 1;
  const step = cumulative[count]! / count;
  for (let part = 0, a = 0; part <= count; part++) {
    while (a < count - 1 && cumulative[a + 1]! <= part * step) a++;
    guide[part] = a;
  }
}

/** The candidate in whose share of the whole mass a number falls. */
export function findShare({ cumulative, guide }: PolicyShares, mass: number): number {
  const count = guide.length - 1;
  let a = guide[Math.min(count, Math.floor((mass / cumulative[count]!) * count))]!;
  while (a > 0 && cumulative[a]! > mass) a--;
  while (a < count - 1 && cumulative[a + 1]! <= mass) a++;
  return a;
}
