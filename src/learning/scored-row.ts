import type { Network } from "../policy/network.ts";
import type { Scorer } from "../policy/scorer.ts";
import { normaliseLogs, type RowScores } from "./challengers.ts";
import { rewardHeadCount } from "./critic.ts";
import type { FeedbackRow, JudgedRow } from "./feedback-row.ts";

/** A feedback row with what the serving policy and the critic say of its candidates. */
export interface ScoredRow<Row extends JudgedRow = FeedbackRow> {
  readonly row: Row;
  readonly scores: RowScores;
}

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

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

/**
 * Reward heads as expected rewards at the row's position, θ_k·σ(f), and the discriminator as a logit.
 * @param scorer of the critic
 */
export async function scoreCritic(
  scorer: Scorer,
  critic: Network,
  rows: readonly FeedbackRow[],
): Promise<Omit<RowScores, "logPolicy">[]> {
  const logits = await scorer.score(rows);
  return logits.map((heads, index) => {
    const examination = examinationAt(critic, rows[index]!.position);
    return {
      rewardHeads: heads
        .slice(0, rewardHeadCount)
        .map((head) => head.map((logit) => examination * sigmoid(logit))),
      discriminator: heads[rewardHeadCount]!,
    };
  });
}

/**
 * Area under the ROC curve of D: how often the choice of a satisfied user scores above a draw of π_θ at the same state,
 * ties for half, rows weighted by reward. 0.5 where there is nothing to tell apart.
 */
export function discriminatorAuc(scored: readonly ScoredRow<JudgedRow>[]): number {
  let wins = 0;
  let total = 0;
  for (const { row, scores } of scored) {
    const chosen = scores.discriminator[row.action]!;
    let below = 0;
    for (const [a, logit] of scores.discriminator.entries()) {
      const probability = Math.exp(scores.logPolicy[a]!);
      if (logit < chosen) below += probability;
      else if (logit === chosen) below += probability / 2;
    }
    wins += row.reward * below;
    total += row.reward;
  }
  return total === 0 ? 0.5 : wins / total;
}
