import type { Arm } from "../../domain/decision.ts";
import type { RewardRule } from "../../domain/scenario.ts";
import { normalInterval } from "../../evaluation/intervals/normal.ts";
import type { FeedbackRow } from "../../learning/feedback-row.ts";

/** Step 1 of the paper, in reward units for a shown item: what the serving policy earned on its own new traffic. */
export interface ServingEvaluation {
  readonly rows: number;
  readonly meanReward: number;
  readonly interval: readonly [number, number];
  /** Share of shown items that earned more than the default. */
  readonly successRate: number;
  readonly baselineMeanReward?: number;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function standardError(values: readonly number[]): number {
  const centre = mean(values);
  const variance =
    values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}

export function evaluateServing(
  rows: readonly FeedbackRow[],
  rule: RewardRule,
): ServingEvaluation | undefined {
  const toUnits = (reward: number) => rule.minimum + reward * (rule.maximum - rule.minimum);
  const rewardsOf = (arm: Arm) =>
    rows.filter((row) => row.arm === arm).map((row) => toUnits(row.reward));
  const serving = rewardsOf("serving");
  const baseline = rewardsOf("baseline");
  if (serving.length < 2) return undefined;
  const meanReward = mean(serving);
  const { lower, upper } = normalInterval({
    value: meanReward,
    standardError: standardError(serving),
  });
  return {
    rows: serving.length,
    meanReward,
    interval: [lower, upper],
    successRate: mean(serving.map((reward) => (reward > rule.defaultReward ? 1 : 0))),
    ...(baseline.length === 0 ? {} : { baselineMeanReward: mean(baseline) }),
  };
}
