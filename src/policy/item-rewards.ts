/** Rewards of an item's impressions. */
export interface ItemRewards {
  readonly impressions: number;
  readonly rewardSum: number;
  readonly rewardSquares: number;
}

/** Of one impression. */
export const rewardsOf = (reward: number): ItemRewards => ({
  impressions: 1,
  rewardSum: reward,
  rewardSquares: reward * reward,
});

export const joinRewards = (one: ItemRewards | undefined, other: ItemRewards): ItemRewards =>
  one === undefined
    ? other
    : {
        impressions: one.impressions + other.impressions,
        rewardSum: one.rewardSum + other.rewardSum,
        rewardSquares: one.rewardSquares + other.rewardSquares,
      };
