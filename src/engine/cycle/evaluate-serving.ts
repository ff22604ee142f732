import type { Arm } from "../../domain/decision.ts";
import type { RewardRule } from "../../domain/scenario.ts";
import { clusteredStandardError, numberClusters } from "../../evaluation/clusters.ts";
import { normalInterval } from "../../evaluation/intervals/normal.ts";
import type { FeedbackRow } from "../../learning/feedback-row.ts";
import { mean } from "../../numeric/statistics.ts";

/** Step 1 of the paper, in reward units for a shown item: what the serving policy earned on its own new traffic. */
export interface ServingEvaluation {
  readonly rows: number;
  readonly meanReward: number;
  /** 95 %, with users as clusters: what one of them does is alike. */
  readonly interval: readonly [number, number];
  /** Share of shown items that earned more than the default. */
  readonly successRate: number;
  readonly baselineMeanReward?: number;
}

export function evaluateServing(
  rows: readonly FeedbackRow[],
  rule: RewardRule,
): ServingEvaluation | undefined {
  const rowsOf = (arm: Arm) => rows.filter((row) => row.arm === arm);
  const rewardsOf = (arm: Arm) =>
    Float64Array.from(
      rowsOf(arm),
      ({ reward, session }) =>
        rule.minimum + (session?.immediate ?? reward) * (rule.maximum - rule.minimum),
    );
  const serving = rewardsOf("serving");
  const baseline = rewardsOf("baseline");
  const users = numberClusters(
    serving.length,
    rowsOf("serving").map(({ user }) => user),
  );
  // What one user does says nothing of how far another is from it.
  if (users.count < 2) return undefined;
  const meanReward = mean(serving);
  const standardError = clusteredStandardError(serving, meanReward, users);
  const { lower, upper } = normalInterval({ value: meanReward, standardError });
  return {
    rows: serving.length,
    meanReward,
    interval: [lower, upper],
    successRate: serving.filter((reward) => reward > rule.defaultReward).length / serving.length,
    ...(baseline.length === 0 ? {} : { baselineMeanReward: mean(baseline) }),
  };
}
