import {
  evaluateRanking,
  meanNdcgs,
  type RankingQuality,
  type ScoreHistories,
} from "../../evaluation/ranking/evaluate-ranking.ts";
import type { RankingSplit } from "../../evaluation/ranking/split.ts";
import { poolLogits, toLogProbabilities } from "../rankers/chain-pool.ts";
import type { Ranker } from "../rankers/ranker.ts";
import { markov } from "./baselines.ts";
import { fitBest, sampleValidation } from "./evaluate-baselines.ts";

/** A network and the Markov chain, ranking together. */
export interface PooledRanking {
  /** λ and the chain's settings, in words. */
  readonly settings: string;
  readonly quality: RankingQuality;
}

/** Before the λ are tried. */
export interface PoolProgress {
  readonly stage: "pool";
}

/** λ of which the best on the validation items is tested; 0 is the network alone. */
const weights = [0, 0.25, 0.5, 1, 1.5, 2];

/**
 * Ranks by the logarithmic pool of a network's next-item distribution and the chain's,
 * `poolLogits`. The network generalises from item to item, the chain counts each pair separately:
 * with few data each has information that the other lacks.
 *
 * `score` must give logits, with any normalisation.
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
  onProgress({ stage: "pool" });
  const sizes = { itemCount: split.itemCount, k };
  const ndcgs = await meanNdcgs(addChain(score, chain, weights), validation, sizes);
  const best = Math.max(...ndcgs);
  const weight = weights.find((_, index) => ndcgs[index] === best) ?? 0;
  const pooled = addChain(score, chain, [weight]);
  return {
    settings: `λ ${weight}, ${variant.settings}`,
    quality: await evaluateRanking(async (histories) => (await pooled(histories)).flat(), split, k),
  };
}

/** The pool's logits by λ, then by history. */
const addChain =
  (score: ScoreHistories, chain: Ranker, lambdas: readonly number[]) =>
  async (histories: readonly ArrayLike<number>[]) => {
    const logits = await score(histories);
    const ofChain = histories.map((history) => chain.score(history));
    return lambdas.map((weight) =>
      ofChain.map((logProbabilities, index) =>
        poolLogits(logits[index] ?? [], { logProbabilities, weight }),
      ),
    );
  };
