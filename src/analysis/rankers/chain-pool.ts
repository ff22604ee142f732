import { fitPopularity } from "./popularity.ts";
import type { Ranker, RankerData } from "./ranker.ts";

/** β: share of popularity in the chain's probabilities, so that no item is impossible. */
const popularityShare = 0.05;

/**
 * Natural logarithms of a chain's scores as probabilities of the next item, smoothed:
 *
 *     log P(j) = log[(1 − β)·score(j)/Σ score + β·(c_j + 1)/Σ (c + 1)],  c_j interactions with j.
 *
 * Without a known successor only popularity remains.
 */
export function toLogProbabilities(chain: Ranker, data: RankerData): Ranker {
  const counts = fitPopularity(data).score([]);
  const total = counts.reduce((sum, count) => sum + count + 1, 0);
  const popularity = counts.map((count) => (count + 1) / total);
  return {
    score(history) {
      const scores = chain.score(history);
      const sum = scores.reduce((a, b) => a + b, 0);
      if (sum === 0) return popularity.map(Math.log);
      return scores.map((score, item) =>
        Math.log(((1 - popularityShare) * score) / sum + popularityShare * popularity[item]!),
      );
    },
  };
}

/**
 * Logits of the logarithmic pool P·P_chain^λ (product of experts: Genest & Zidek 1986; Hinton 2002), for each item z + λ·log
 * P_chain. z may be normalised or not.
 */
export function poolLogits(
  logits: ArrayLike<number>,
  {
    logProbabilities,
    weight,
  }: { readonly logProbabilities: Float64Array; readonly weight: number },
): Float64Array {
  if (logits.length !== logProbabilities.length)
    throw new RangeError(
      `logits must be of all ${logProbabilities.length} items, got ${logits.length}`,
    );
  return logProbabilities.map((value, item) => logits[item]! + weight * value);
}
