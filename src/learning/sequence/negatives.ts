import type { RandomStream } from "../../numeric/random.ts";
import { itemOf } from "./codes.ts";

/** Draws negatives and knows how likely each item is to be drawn. */
export interface NegativeSampler {
  /** log of the expected number of draws of an item among `count`. */
  readonly logExpected: Float32Array;
  draw(random: RandomStream): Int32Array;
}

/** Power of the counts, between uniform and as popular (Mikolov et al. 2013, arXiv:1310.4546). */
const power = 0.75;

/** Items in proportion to (occurrences + 1)^¾, with replacement. */
export function createNegativeSampler(
  sequences: readonly ArrayLike<number>[],
  options: { readonly items: number; readonly count: number },
): NegativeSampler {
  const { items, count } = options;
  const shares = new Float64Array(items).fill(1);
  for (const sequence of sequences)
    for (let index = 0; index < sequence.length; index++) shares[itemOf(sequence[index]!)]! += 1;
  const upTo = new Float64Array(items);
  let total = 0;
  for (let item = 0; item < items; item++) {
    shares[item] = shares[item]! ** power;
    total += shares[item]!;
    upTo[item] = total;
  }
  return {
    logExpected: Float32Array.from(shares, (share) => Math.log((count * share) / total)),
    draw: (random) =>
      Int32Array.from({ length: count }, () => firstAbove(upTo, random.uniform() * total)),
  };
}

/** First index whose value is above the threshold, in ascending values. */
function firstAbove(values: Float64Array, threshold: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return low;
}
