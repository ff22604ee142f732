import {
  evaluateRanking,
  meanNdcg,
  type RankingQuality,
  type ScoreHistories,
} from "../../evaluation/ranking/evaluate-ranking.ts";
import type { RankingSplit } from "../../evaluation/ranking/split.ts";
import { poolLogits, toLogProbabilities } from "../../learning/rankers/chain-pool.ts";
import type { Ranker } from "../../learning/rankers/ranker.ts";
import { markov } from "./baselines.ts";
import { fitBest, sampleValidation } from "./evaluate-baselines.ts";

/** A network and the Markov chain, ranking together. */
export interface PooledRanking {
  /** λ and the chain's settings, in words. */
  readonly settings: string;
  readonly quality: RankingQuality;
}

/** Before each λ is tried. */
export interface PoolProgress {
  readonly stage: "pool";
  readonly weight: number;
}

/** λ of which the best on the validation items is tested; 0 is the network alone. */
const weights = [0, 0.25, 0.5, 1, 1.5, 2];

/**
 * Ranks by the logarithmic pool of a network's next-item distribution and the chain's, `poolLogits`. The network generalises
 * from item to item, the chain has seen each pair by itself: where data are few, each knows what the other does not.
 *
 * `score` must give logits, of whatever normalisation.
 */
export async function poolWithMarkov(
  score: ScoreHistories,
  split: RankingSplit,
  options: {
    readonly k: number;
    readonly seed: number;
    readonly onProgress: (progress: PoolProgress) => void;
  },
): Promise<PooledRanking> {
  const { k, seed, onProgress } = options;
  const { variant, fitted } = await fitBest(markov, split, { k, seed, onFit: () => undefined });
  const chain = toLogProbabilities(fitted, split);
  const validation = sampleValidation(split, seed);
  const sizes = { itemCount: split.itemCount, k };
  let best = { weight: 0, ndcg: Number.NEGATIVE_INFINITY };
  for (const weight of weights) {
    onProgress({ stage: "pool", weight });
    const ndcg = await meanNdcg(addChain(score, chain, weight), validation, sizes);
    if (ndcg > best.ndcg) best = { weight, ndcg };
  }
  return {
    settings: `λ ${best.weight}, ${variant.settings}`,
    quality: await evaluateRanking(addChain(score, chain, best.weight), split, k),
  };
}

const addChain =
  (score: ScoreHistories, chain: Ranker, weight: number): ScoreHistories =>
  async (histories) => {
    const logits = await score(histories);
    return histories.map((history, index) =>
      poolLogits(logits[index] ?? [], { logProbabilities: chain.score(history), weight }),
    );
  };
