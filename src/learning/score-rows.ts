import type { RowScores } from "../mpo/row-scores.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { logistic } from "../numeric/logistic.ts";
import type { Network } from "../policy/network.ts";
import { createScorer, type Scorer } from "../policy/scorer.ts";
import { rewardHeadCount } from "./critic.ts";
import type { FeedbackRow } from "./feedback-row.ts";

const scoreBatch = 64;

/** Opens a network's scorer for as long as it is used. */
export async function withScorer<T>(
  network: Network,
  threads: number,
  use: (scorer: Scorer) => Promise<T>,
): Promise<T> {
  const scorer = await createScorer(network, { batchStates: scoreBatch, threads });
  try {
    return await use(scorer);
  } finally {
    await scorer.close();
  }
}

/** log π of each row's candidates under a one-headed network, exploration floor not included. */
export async function scorePolicy(
  scorer: Scorer,
  rows: readonly FeedbackRow[],
): Promise<Float64Array[]> {
  const logits = await scorer.score(rows);
  return logits.map(([head]) => normaliseLogs(head!));
}

/** θ_k of a position, as the critic's training left it; alike in all reward heads. */
function examinationAt({ shape, parameters }: Network, position: number): number {
  return Math.exp(parameters.positionBias![Math.min(position, shape.positions - 1)]!);
}

/** A trained critic and the reward of a position without an event, in [0, 1]. */
export interface CriticModel {
  readonly network: Network;
  readonly defaultReward: number;
}

/**
 * Reward heads as expected rewards at the row's position, b + θ_k·(σ(f) − b), b the default reward,
 * and the discriminator as a logit.
 * @param scorer of the critic's network
 */
export async function scoreCritic(
  scorer: Scorer,
  { network, defaultReward }: CriticModel,
  rows: readonly FeedbackRow[],
): Promise<Omit<RowScores, "logPolicy">[]> {
  const logits = await scorer.score(rows);
  return logits.map((heads, index) => {
    const examination = examinationAt(network, rows[index]!.position);
    const least = (1 - examination) * defaultReward;
    const rewardHeads = heads.slice(0, rewardHeadCount);
    // In place: no other code has the scorer's arrays, and a cycle has them for each of its rows.
    for (const head of rewardHeads)
      for (let a = 0; a < head.length; a++) head[a] = least + examination * logistic(head[a]!);
    return { rewardHeads, discriminator: heads[rewardHeadCount]! };
  });
}
