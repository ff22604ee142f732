/**
 * What the ranks of a user's relevant items say, cut off at k. Ranks are 1 for the best and ascend; an item that can't be
 * reached has rank ∞. All are in [0, 1], higher is better. With one relevant item recall is the hit rate and average
 * precision the reciprocal rank.
 */
export interface Accuracy {
  readonly hitRate: number;
  readonly recall: number;
  readonly ndcg: number;
  readonly reciprocalRank: number;
  readonly averagePrecision: number;
}

/** HR@k = 1 where a relevant item is among the first k, else 0 (Deshpande & Karypis 2004, section 5.2). */
const hitRate = (ranks: readonly number[], k: number): number =>
  ranks.some((rank) => rank <= k) ? 1 : 0;

/** Recall@k = relevant items among the first k over all relevant ones. */
const recall = (ranks: readonly number[], k: number): number =>
  ranks.filter((rank) => rank <= k).length / ranks.length;

const discount = (rank: number) => 1 / Math.log2(rank + 1);

/** NDCG@k = Σ_{rank ≤ k} 1/log₂(rank + 1), over the same sum of an ideal order (Järvelin & Kekäläinen 2002). */
function ndcg(ranks: readonly number[], k: number): number {
  let gain = 0;
  let ideal = 0;
  for (const [index, rank] of ranks.entries()) {
    if (rank <= k) gain += discount(rank);
    if (index < k) ideal += discount(index + 1);
  }
  return gain / ideal;
}

/** RR@k = 1/(rank of the first relevant item), 0 beyond k; its mean over users is MRR@k (Voorhees 1999). */
function reciprocalRank(ranks: readonly number[], k: number): number {
  const first = ranks[0]!;
  return first <= k ? 1 / first : 0;
}

/**
 * AP@k = Σ_{i: rank_i ≤ k} i/rank_i over min(k, number of relevant items), i counting them from 1; its mean over users is
 * MAP@k (Buckley & Voorhees 2000).
 */
function averagePrecision(ranks: readonly number[], k: number): number {
  let sum = 0;
  for (const [index, rank] of ranks.entries()) if (rank <= k) sum += (index + 1) / rank;
  return sum / Math.min(k, ranks.length);
}

/** @throws RangeError where no rank is given, they don't ascend from 1, or k is no positive integer */
export function measureAccuracy(ranks: readonly number[], k: number): Accuracy {
  if (!(Number.isSafeInteger(k) && k > 0))
    throw new RangeError(`k must be a positive integer, got ${k}`);
  if (ranks.length === 0) throw new RangeError("ranks must have one of a relevant item, got none");
  for (const [index, rank] of ranks.entries()) {
    const lowest = index === 0 ? 1 : ranks[index - 1]!;
    if (!(rank >= lowest)) throw new RangeError(`ranks must ascend from 1, got ${ranks}`);
  }
  return {
    hitRate: hitRate(ranks, k),
    recall: recall(ranks, k),
    ndcg: ndcg(ranks, k),
    reciprocalRank: reciprocalRank(ranks, k),
    averagePrecision: averagePrecision(ranks, k),
  };
}
