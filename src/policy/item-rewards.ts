import type { ItemId } from "../domain/ids.ts";

/** Rewards of an item's impressions, each of which may count in part. */
export interface ItemRewards {
  readonly impressions: number;
  /** Sum of their squared weights; as many as impressions if each counts in full. */
  readonly weightSquares: number;
  readonly rewardSum: number;
  readonly rewardSquares: number;
}

export type RewardsByItem = ReadonlyMap<ItemId, ItemRewards>;

/** Of one impression. */
export const rewardsOf = (reward: number): ItemRewards => ({
  impressions: 1,
  weightSquares: 1,
  rewardSum: reward,
  rewardSquares: reward * reward,
});

export const joinRewards = (one: ItemRewards | undefined, other: ItemRewards): ItemRewards =>
  one === undefined
    ? other
    : {
        impressions: one.impressions + other.impressions,
        weightSquares: one.weightSquares + other.weightSquares,
        rewardSum: one.rewardSum + other.rewardSum,
        rewardSquares: one.rewardSquares + other.rewardSquares,
      };

/** The same impressions with a share of their weights, above 0. */
const shareOf = (
  { impressions, weightSquares, rewardSum, rewardSquares }: ItemRewards,
  share: number,
): ItemRewards => ({
  impressions: share * impressions,
  weightSquares: share * share * weightSquares,
  rewardSum: share * rewardSum,
  rewardSquares: share * rewardSquares,
});

export const shareByItem = (
  rewards: RewardsByItem,
  share: (itemId: ItemId) => number,
): RewardsByItem => new Map([...rewards].map(([item, one]) => [item, shareOf(one, share(item))]));

export function joinByItem(parts: Iterable<RewardsByItem>): Map<ItemId, ItemRewards> {
  const all = new Map<ItemId, ItemRewards>();
  for (const part of parts)
    for (const [itemId, rewards] of part) all.set(itemId, joinRewards(all.get(itemId), rewards));
  return all;
}

/** κ, so that κ·σ² is the expected n·(r̄ − μ)² of an item with n impressions, mean reward r̄ and expected reward μ: 1 if each counts in full. */
export const noiseOf = ({ impressions, weightSquares }: ItemRewards): number =>
  weightSquares / impressions;

/** σ², of a reward about its item's mean. */
export function varianceWithin(rewards: readonly ItemRewards[]): number {
  let [freedom, within] = [0, 0];
  for (const one of rewards) {
    freedom += one.impressions - noiseOf(one);
    within += one.rewardSquares - one.rewardSum ** 2 / one.impressions;
  }
  return within / Math.max(1, freedom);
}
