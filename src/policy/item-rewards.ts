/** Rewards of an item's impressions. */
export interface ItemRewards {
  readonly impressions: number;
  /** Impressions whose reward is not that of nothing. */
  readonly rewarded: number;
  /** Beyond the reward of nothing, and so are the squares. */
  readonly rewardSum: number;
  readonly rewardSquares: number;
}

/** Of one impression. @param reward beyond that of nothing */
export const rewardsOf = (reward: number): ItemRewards => ({
  impressions: 1,
  rewarded: reward === 0 ? 0 : 1,
  rewardSum: reward,
  rewardSquares: reward * reward,
});

export const joinRewards = (one: ItemRewards | undefined, other: ItemRewards): ItemRewards =>
  one === undefined
    ? other
    : {
        impressions: one.impressions + other.impressions,
        rewarded: one.rewarded + other.rewarded,
        rewardSum: one.rewardSum + other.rewardSum,
        rewardSquares: one.rewardSquares + other.rewardSquares,
      };
