import type { Clusters } from "./clusters.ts";

/** Rows by the policy that made them, and the spread of their weights as far as it is known without choices and rewards. */
export interface Strata {
  /** Stratum of each row, numbered from 0. */
  readonly index: Int32Array;
  /** E[(w − w₀)² | s] of each row: the choice, which adds to an error, is averaged out. */
  readonly differenceSpread: Float64Array;
  /** E[w₀² | s]: 1 if the serving policy made the row. */
  readonly servingSpread: Float64Array;
}

/** ω ≥ 0 of each row: in the difference of two policies, and in the serving policy's value. */
export interface RowWeights {
  readonly difference: Float64Array;
  readonly serving: Float64Array;
}

/** Weights of a log that one policy made. */
export const evenWeights = (rows: number): RowWeights => {
  const ones = new Float64Array(rows).fill(1);
  return { difference: ones, serving: ones };
};

function meanByStratum(values: Float64Array, index: Int32Array) {
  const sums: number[] = [];
  const counts: number[] = [];
  for (const [row, stratum] of index.entries()) {
    sums[stratum] = (sums[stratum] ?? 0) + values[row]!;
    counts[stratum] = (counts[stratum] ?? 0) + 1;
  }
  return { means: sums.map((sum, stratum) => sum / counts[stratum]!), counts };
}

/** A stratum whose rows count less has the few large weights of a log without support: heavy tails, and hardly any precision. */
const leastWeight = 0.1;

const dropLight = (weights: readonly number[]): readonly number[] =>
  weights.map((weight) => (weight < leastWeight ? 0 : weight));

/**
 * Rows by the inverse variance of their stratum. A reward's variance is taken as the same in all, so that only the spread of the
 * weights counts: no reward and no choice has a part in it, and each stratum stays unbiased in the sum. A row of the largest stratum
 * counts 1, and no other counts more, so that states on which the policies hardly differ can't outvote those on which they do.
 * In the serving policy's value a row of the most precise stratum counts 1: after a change of policy the first rows of the new one
 * are the lightest, but too few to tell its value alone.
 */
export function weighStrata({ index, differenceSpread, servingSpread }: Strata): RowWeights {
  const { means, counts } = meanByStratum(differenceSpread, index);
  const largest = means[counts.indexOf(Math.max(...counts))]!;
  const difference = dropLight(means.map((mean) => (mean > largest ? largest / mean : 1)));
  const { means: squares } = meanByStratum(servingSpread, index);
  const precisions = squares.map((square, stratum) => counts[stratum]! / square);
  const precise = squares[precisions.indexOf(Math.max(...precisions))]!;
  const serving = dropLight(squares.map((square) => precise / square));
  return {
    difference: Float64Array.from(index, (stratum) => difference[stratum]!),
    serving: Float64Array.from(index, (stratum) => serving[stratum]!),
  };
}

/** Σ ω·x / Σ ω. */
export function weightedMean(values: Float64Array, weights: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let row = 0; row < values.length; row++) {
    sum += weights[row]! * values[row]!;
    total += weights[row]!;
  }
  return sum / total;
}

/** A weighted mean, x̄. */
interface WeightedMean {
  readonly mean: number;
  readonly weights: Float64Array;
}

/** x̄ − x̄₋g by user: the mean less that of all others. Infinite if all of the weight is one user's. */
export function leftOutChanges(
  values: Float64Array,
  { mean, weights }: WeightedMean,
  { index, count }: Clusters,
): Float64Array {
  const deviations = new Float64Array(count);
  const totals = new Float64Array(count);
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = weights[row]!;
    deviations[index[row]!]! += weight * (values[row]! - mean);
    totals[index[row]!]! += weight;
    total += weight;
  }
  return deviations.map((deviation, user) => {
    const others = total - totals[user]!;
    return others > 0 ? deviation / others : Number.POSITIVE_INFINITY;
  });
}

/**
 * Of a weighted mean, by leaving out each user in turn (jackknife): s.e.² = (G − 1)/G · Σ_g (x̄ − x̄₋g)². A user who has rows in several
 * strata is one. Of a user with a third of the rows the mean has taken a third of the way, which the sum of squares alone would
 * miss. Infinite for fewer than two users, or if all of the weight is one user's.
 */
export function weightedStandardError(
  values: Float64Array,
  mean: WeightedMean,
  clusters: Clusters,
): number {
  const { count } = clusters;
  if (count < 2) return Number.POSITIVE_INFINITY;
  const squares = leftOutChanges(values, mean, clusters).reduce((sum, x) => sum + x ** 2, 0);
  return Math.sqrt(((count - 1) / count) * squares);
}
