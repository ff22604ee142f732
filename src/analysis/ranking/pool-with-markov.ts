import { chooseChain, poolChain } from "../../engine/learner/training/choose-chain.ts";
import {
  evaluateRanking,
  type RankingQuality,
  type ScoreHistories,
} from "../../evaluation/ranking/evaluate-ranking.ts";
import type { RankingSplit } from "../../evaluation/ranking/split.ts";
import { fitPopularity } from "../rankers/popularity.ts";
import { sampleValidation } from "./evaluate-baselines.ts";

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

/**
 * Ranks by the logarithmic pool of a network's next-item distribution and the chain's, as a policy
 * on an encoder does. The network generalises from item to item, the chain counts each pair
 * separately: with few data each has information that the other lacks.
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
  onProgress({ stage: "pool" });
  const counts = fitPopularity(split).score([]);
  const heldOut = sampleValidation(split, seed);
  const chosen = await chooseChain(score, { sequences: split.training, counts, heldOut, k });
  const { chain, weight } = chosen;
  const pooled = poolChain(score, { chain, counts }, [weight]);
  return {
    settings: `λ ${weight}, window ${chain.window}, decay ${chain.decay}`,
    quality: await evaluateRanking(async (histories) => (await pooled(histories)).flat(), split, k),
  };
}
