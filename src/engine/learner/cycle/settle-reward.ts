import type { RewardRule } from "../../../domain/scenario.ts";

/**
 * Reward of a position in reward units: the default if no event came, clipped to the rule's range.
 */
export function settleReward(reward: number | undefined, rule: RewardRule): number {
  return Math.max(rule.minimum, Math.min(rule.maximum, reward ?? rule.defaultReward));
}

/** The same as a share of the rule's range, in [0, 1]. */
export const normaliseReward = (reward: number | undefined, rule: RewardRule): number =>
  (settleReward(reward, rule) - rule.minimum) / (rule.maximum - rule.minimum);
