import { memoryHalfLives } from "../mpo/meta-settings.ts";
import { bootstraps } from "../mpo/row-scores.ts";
import type { RandomStream } from "../numeric/random.ts";
import { createNetwork, type Network, type NetworkShape } from "../policy/network.ts";
import type { FeedbackRow } from "./feedback-row.ts";

/**
 * The reward-model heads and the discriminator: one network, a head for each memory length and
 * bootstrap, and a last one for D. Every head is a logistic regression on (h, e): cross-entropy of
 * the reward in [0, 1], which fits means of bounded numeric rewards as well (a quasi-likelihood,
 * Papke & Wooldridge 1996). A reward head is about an examined item: Q at position k is
 * b + θ_k·(σ(f) − b), b the default reward: the position-based model.
 */
export const rewardHeadCount: number = memoryHalfLives.length * bootstraps;
export const criticShape: NetworkShape = {
  heads: rewardHeadCount + 1,
  width: 24,
  positions: 10,
};

export const createCritic = (random: RandomStream): Network => createNetwork(criticShape, random);

export interface CriticRow extends FeedbackRow {
  /** π_θ over the candidates: compared by the discriminator with the satisfied choices. */
  readonly policy: Float64Array;
}
