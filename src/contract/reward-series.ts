import type { ArmReward, RecentComparison } from "../domain/reward-series.ts";

/** The scenario, bucket length and first time of a reward series. */
export interface RewardSeriesQuery {
  /** Default: the first scenario of the configuration. */
  readonly scenario?: string;
  /** 5…31,536,000, default 3600. */
  readonly bucketSeconds?: number;
  /** Decisions from this time on, at most 10,000 buckets back; default 200 buckets back. */
  readonly since?: string;
}

/** Decisions whose reward window has closed, by the time that they were made at and by arm. */
export interface RewardPointBody extends ArmReward {
  readonly from: string;
}

/** Mean rewards by bucket and arm, oldest first. */
export interface RewardSeriesResponse {
  readonly scenario: string;
  readonly bucketSeconds: number;
  readonly points: readonly RewardPointBody[];
  /** Serving against baseline over the newest part of the series that is long enough; absent without points. */
  readonly comparison?: RecentComparison & { readonly from: string };
}
