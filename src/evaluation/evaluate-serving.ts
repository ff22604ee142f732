import type { ServingEvaluation } from "../domain/cycle-record.ts";
import type { Arm } from "../domain/decision.ts";
import type { RewardRule } from "../domain/scenario.ts";
import { meanOf } from "../numeric/statistics.ts";
import { clusteredStandardError, numberClusters } from "./clusters.ts";
import { normalInterval } from "./intervals/normal.ts";

/**
 * Rewards of shown items in one arm, as plain columns, since a cycle may have millions of new rows.
 */
export interface Earnings {
  /** Settled by the rule, reward units. */
  readonly rewards: readonly number[];
  /** Index of each row's user. */
  readonly users: readonly number[];
}

export function evaluateServing(
  earned: Readonly<Partial<Record<Arm, Earnings>>>,
  rule: RewardRule,
): ServingEvaluation | undefined {
  const serving = Float64Array.from(earned.serving?.rewards ?? []);
  const users = numberClusters(serving.length, earned.serving?.users ?? []);
  // One user's rows say nothing about the spread between users.
  if (users.count < 2) return undefined;
  const meanReward = meanOf(serving);
  const standardError = clusteredStandardError(serving, meanReward, users);
  const { lower, upper } = normalInterval({ value: meanReward, standardError });
  const { baseline } = earned;
  return {
    rows: serving.length,
    meanReward,
    interval: [lower, upper],
    successRate: serving.filter((reward) => reward > rule.defaultReward).length / serving.length,
    ...(baseline && { baselineMeanReward: meanOf(Float64Array.from(baseline.rewards)) }),
  };
}
