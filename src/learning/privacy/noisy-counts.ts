import type { NoiseSource } from "../../numeric/privacy/noise.ts";
import { isTarget } from "../sequence/codes.ts";

/** Longest contribution of a user to the counts: that of 16 items. */
export const longestCounts = 4;

export interface NoisyOptions {
  readonly items: number;
  /** σ in units of the longest contribution of a user. */
  readonly noise: number;
  readonly source: NoiseSource;
}

/** Items of which a user has each, or each pair, with one weight. */
export interface UserPart {
  readonly items: readonly number[];
  readonly share: number;
}

/** Items that a user chose, each once. */
const chosenBy = (codes: ArrayLike<number>): readonly number[] => [
  ...new Set(Array.from(codes).filter(isTarget)),
];

/** A user's part in the counts: the items of which each counts `share`. Its length is at most `longestCounts`. */
export function countsOf(codes: ArrayLike<number>): UserPart {
  const items = chosenBy(codes);
  return { items, share: Math.min(1, longestCounts / Math.sqrt(Math.max(1, items.length))) };
}

/** Items of which pairs are counted: each pair of them gets noise. */
const mostPaired = 4096;

/** Bytes of the pairs, and as many while they are divided. */
export const estimatePairsBytes = (items: number): number =>
  2 * Float64Array.BYTES_PER_ELEMENT * Math.min(items, mostPaired) ** 2;

/** The items with the most users, by noisy counts: numbers, ascending. */
export function choosePaired(counts: Float32Array): Int32Array {
  const order = [...counts.keys()].sort((a, b) => counts[b]! - counts[a]! || a - b);
  return Int32Array.from(order.slice(0, mostPaired)).sort();
}

/**
 * A user's part in the pairs: each pair of the items counts `share`. Its length is at most 1.
 * @param placeOf place of an item among those that are paired; −1 if it is not
 */
export function pairsOf(codes: ArrayLike<number>, placeOf: Int32Array): UserPart {
  const items = chosenBy(codes)
    .map((item) => placeOf[item]!)
    .filter((place) => place >= 0);
  const pairs = (items.length * (items.length - 1)) / 2;
  return { items, share: pairs === 0 ? 0 : 1 / Math.sqrt(pairs) };
}

/**
 * Users of each item by the Gaussian mechanism: each user's part is bounded, noise is added to
 * every item, and a sum below 0 becomes 0.
 */
export function countPrivately(
  sequences: readonly ArrayLike<number>[],
  { items, noise, source }: NoisyOptions,
): Float32Array {
  const sums = new Float64Array(items);
  for (const codes of sequences) {
    const own = countsOf(codes);
    for (const item of own.items) sums[item]! += own.share;
  }
  return Float32Array.from(sums, (sum) =>
    Math.max(0, sum + noise * longestCounts * source.normal()),
  );
}

/**
 * How often two of the paired items have users in common, as a symmetric matrix [paired, paired] with a
 * diagonal of 0, by the Gaussian mechanism on the pairs (Dwork et al. 2014, Analyze Gauss).
 * @param paired numbers of items
 */
export function pairPrivately(
  sequences: readonly ArrayLike<number>[],
  paired: Int32Array,
  { items, noise, source }: NoisyOptions,
): Float64Array {
  const size = paired.length;
  const placeOf = new Int32Array(items).fill(-1);
  for (const [place, item] of paired.entries()) placeOf[item] = place;
  const matrix = new Float64Array(size * size);
  for (const codes of sequences) {
    const own = pairsOf(codes, placeOf);
    for (const one of own.items)
      for (const other of own.items) if (one < other) matrix[one * size + other]! += own.share;
  }
  for (let one = 0; one < size; one++)
    for (let other = one + 1; other < size; other++) {
      const noisy = matrix[one * size + other]! + noise * source.normal();
      matrix[one * size + other] = noisy;
      matrix[other * size + one] = noisy;
    }
  return matrix;
}
