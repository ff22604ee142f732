import type { ItemId } from "../../domain/ids.ts";
import { normaliseReward } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";
import {
  addReward,
  noRewards,
  priorStrength,
  widestPrior,
} from "../../policy/fast-loop/prior-strength.ts";
import type { ItemRewards } from "../../policy/item-rewards.ts";
import type { Store } from "../../storage/store.ts";
import { countSlate } from "../state/count-slates.ts";
import { scanFeedback } from "../state/feedback-pages.ts";
import { renewedAt, type SlatesOfStart } from "./start-of-loop.ts";

interface ClosedRecord {
  /** Of the rows that may be learnt from. */
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly minDecisions: number;
}

/** They tell whether rewards are rare. */
const firstDecisions = 128;
/** In weights of a usual prior. Clicks are rare below 7 in 100 shown items. */
const rareFrom = 4;

async function areRewardsRare(
  { store, now }: ClosedRecord,
  { name, reward }: Scenario,
): Promise<boolean> {
  const page = { scenario: name, after: 0, closedBefore: now, limit: firstDecisions };
  const first = await store.decisions.feedback(page);
  const moments = first
    .flatMap(({ decision, rewards }) =>
      [...decision.slate.keys()].map((position) => normaliseReward(rewards[position], reward)),
    )
    .reduce(addReward, noRewards);
  return priorStrength(moments, widestPrior) >= rareFrom;
}

/**
 * Closed decisions, if popularity may be counted from them before the first cycle: rewards are rare, and popularity serves with the fast loop
 * alone. Of rare rewards a cycle of chance proves nothing about other policies (docs/decisions/0110).
 * @param counted decisions that the present start was counted from
 */
export async function findSlates(
  record: ClosedRecord,
  scenario: Scenario,
  counted: number,
): Promise<SlatesOfStart | undefined> {
  const { store, now, minDecisions } = record;
  const { name, ads, social, fastLoop, reward } = scenario;
  if (ads || social || fastLoop.enabled !== "on-popularity") return undefined;
  const closed = { scenario: name, after: 0, closedBefore: now };
  const { count } = await store.decisions.closedSpan(closed);
  // Of more a cycle is due, which counts them itself.
  const isDue = count >= Math.max(firstDecisions, renewedAt * counted) && count < minDecisions;
  if (!isDue || !(await areRewardsRare(record, scenario))) return undefined;
  const rewards = new Map<ItemId, ItemRewards>();
  let decisions = 0;
  for await (const feedback of scanFeedback({ store, ...closed })) {
    countSlate(rewards, feedback, reward);
    decisions++;
  }
  return { decisions, rewards };
}
