import type { ArmReward } from "../domain/reward-series.ts";

/** Sums over the users of a bucket: R is the sum of a user's rewards, n the number of their decisions. */
export interface UserSums {
  readonly users: number;
  /** Σ n. */
  readonly decisions: number;
  /** Σ R. */
  readonly rewardSum: number;
  /** Σ R². */
  readonly rewardSquares: number;
  /** Σ R·n. */
  readonly rewardProducts: number;
  /** Σ n². */
  readonly decisionSquares: number;
}

/** m = ΣR/N, se² = U/(U−1) · Σ(R − m·n)² / N²: decisions of one user are alike, so users are the clusters (Liang & Zeger 1986). */
export function bucketReward(sums: UserSums): Pick<ArmReward, "meanReward" | "standardError"> {
  const { users, decisions, rewardSum, rewardSquares, rewardProducts, decisionSquares } = sums;
  const meanReward = rewardSum / decisions;
  if (users < 2) return { meanReward };
  const squares =
    rewardSquares - 2 * meanReward * rewardProducts + meanReward ** 2 * decisionSquares;
  // Rounding may leave less than nothing if all are alike.
  const variance = (users / (users - 1)) * Math.max(0, squares);
  return { meanReward, standardError: Math.sqrt(variance) / decisions };
}
