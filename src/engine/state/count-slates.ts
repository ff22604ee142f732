import type { Feedback } from "../../domain/decision.ts";
import type { ItemId } from "../../domain/ids.ts";
import { settleReward, wasViewed } from "../../domain/reward-rule.ts";
import type { RewardRule } from "../../domain/scenario.ts";
import { type ItemRewards, joinRewards, rewardsOf } from "../../policy/item-rewards.ts";
import { pinnedItems } from "../rules/draw-rules.ts";

/** Joins rewards of a slate's items to those that are known. Nobody refused an item that nobody viewed, and pinned ones were not chosen. */
export function countSlate(
  into: Map<ItemId, ItemRewards>,
  feedback: Feedback,
  rule: RewardRule,
): void {
  const { decision, rewards } = feedback;
  const pinned = pinnedItems(decision);
  for (const [position, itemId] of decision.slate.entries()) {
    if (pinned.has(itemId) || wasViewed(feedback, position) === false) continue;
    const reward = settleReward(rewards[position], rule) - rule.defaultReward;
    into.set(itemId, joinRewards(into.get(itemId), rewardsOf(reward)));
  }
}
