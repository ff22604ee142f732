import type { BehaviourEvent } from "./behaviour.ts";
import type { Decision, Feedback } from "./decision.ts";
import type { RepeatRule, RewardRule } from "./scenario.ts";

/**
 * Weight of an event type, `undefined` if the rule has none: "constructor" is a type like any
 * other.
 */
export const weightOf = ({ weights }: RewardRule, type: string): number | undefined =>
  Object.hasOwn(weights, type) ? weights[type] : undefined;

/** `last` if the rule says nothing: a click counts once, and of two ratings the newer. */
export const repeatsOf = ({ repeats = {} }: RewardRule, type: string): RepeatRule =>
  (Object.hasOwn(repeats, type) ? repeats[type] : undefined) ?? "last";

const graceMs = (rule: RewardRule | undefined): number =>
  Math.round(1000 * (rule?.graceSeconds ?? 0));

/** Milliseconds from a decision to its close, after the longest of its windows: no event brings it a reward then. */
export const openMs = (rule: RewardRule): number =>
  Math.round(1000 * Math.max(rule.windowSeconds, ...Object.values(rule.windows ?? {}))) +
  graceMs(rule);

type Windowed = Pick<Decision, "rewardRule" | "decidedAt" | "expiresAt">;

/** End of a decision's reward window for events of a type: those that occurred from then on don't count. */
export function windowEnd({ rewardRule, decidedAt, expiresAt }: Windowed, type: string): number {
  const last = expiresAt - graceMs(rewardRule);
  if (rewardRule?.windows === undefined) return last;
  const { windowSeconds, windows } = rewardRule;
  const seconds = (Object.hasOwn(windows, type) ? windows[type] : undefined) ?? windowSeconds;
  return Math.min(last, decidedAt + Math.round(1000 * seconds));
}

/** From then on no event of a type may bring a decision a reward, whenever it occurred. */
export const closesFor = (decision: Windowed, type: string): number =>
  windowEnd(decision, type) + graceMs(decision.rewardRule);

/**
 * Whether a position was viewed: an event says so, or it earned something. `undefined` if the rule
 * of the decision's moment names no event that would say so.
 */
export function wasViewed(
  {
    decision: { rewardRule },
    rewards,
    viewed = [],
  }: Pick<Feedback, "rewards" | "viewed"> & { readonly decision: Pick<Decision, "rewardRule"> },
  position: number,
): boolean | undefined {
  if (rewardRule?.viewedType === undefined) return undefined;
  return rewards[position] !== undefined || viewed.includes(position);
}

type Weighable = Pick<BehaviourEvent, "type" | "value">;

/** Weight × value, 0 for a type without weight. */
const weigh = ({ type, value }: Weighable, rule: RewardRule): number =>
  (weightOf(rule, type) ?? 0) * value;

/** Whether the rule gives an event more than the default reward. */
export const isWanted = (event: Weighable, rule: RewardRule): boolean =>
  weigh(event, rule) > rule.defaultReward;

/** Reward units that a signal of 1 stands for: the end of the range that is further from 0. */
export const signalScale = ({ minimum, maximum }: RewardRule): number =>
  Math.max(Math.abs(minimum), Math.abs(maximum));

/** How much a user liked an item, in [−1, 1], by one event. */
export const signalOf = (event: Weighable, rule: RewardRule): number =>
  Math.max(-1, Math.min(1, weigh(event, rule) / signalScale(rule)));

/** Reward of a position in reward units: the default if no event came, clipped to the rule's range. */
export function settleReward(reward: number | undefined, rule: RewardRule): number {
  return Math.max(rule.minimum, Math.min(rule.maximum, reward ?? rule.defaultReward));
}

/** The same as a share of the rule's range, in [0, 1]. */
export const normaliseReward = (reward: number | undefined, rule: RewardRule): number =>
  (settleReward(reward, rule) - rule.minimum) / (rule.maximum - rule.minimum);

/** Reward units of a share of the rule's range: the inverse of `normaliseReward`. */
export const toRewardUnits = (share: number, { minimum, maximum }: RewardRule): number =>
  minimum + share * (maximum - minimum);
