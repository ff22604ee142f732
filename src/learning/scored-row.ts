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

/** Reward heads as probabilities at the row's position, and the discriminator as a logit. */
export async function scoreCritic(
  scorer: Scorer,
  rows: readonly FeedbackRow[],
): Promise<Omit<RowScores, "logPolicy">[]> {
  const logits = await scorer.score(rows);
  return logits.map((heads) => ({
    rewardHeads: heads.slice(0, rewardHeadCount).map((head) => head.map(sigmoid)),
    discriminator: heads[rewardHeadCount]!,
  }));
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
