/** Rewards that a model has learnt from, as sums. */
export interface RewardMoments {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** One reward of 1 and one of 0, so that few rewards say little. */
export const noRewards: RewardMoments = { count: 2, sum: 1, squares: 1 };

/** Variance of a prediction before any event, for features of length about 1, over that of a reward: 2/5 of the head, 2/15 each of item and user. */
const priorVariance = 2 / 3;
/** Standard deviation that a prediction has at most before any event, in mean rewards: decision 0103. */
export const widestPrior = 1.5;

export const addReward = (
  { count, sum, squares }: RewardMoments,
  reward: number,
): RewardMoments => ({
  count: count + 1,
  sum: sum + reward,
  squares: squares + reward ** 2,
});

/**
 * How many times the usual priors weigh, at least once. Their width is in deviations of a reward. That of a rare one is many times its mean, six times
 * with 3 clicks in 100. So the usual priors would expect some items to earn several times as much as others, or less than nothing.
 * @param widest such as `widestPrior`; infinite for the usual priors, whatever the rewards
 */
export function priorStrength({ count, sum, squares }: RewardMoments, widest: number): number {
  const mean = sum / count;
  const variance = squares / count - mean ** 2;
  const strength = (priorVariance * variance) / (widest * mean) ** 2;
  // Losses may bring the mean to 0, which measures no width.
  return strength > 1 && Number.isFinite(strength) ? strength : 1;
}
