import type { ArmActivity } from "../../domain/activity.ts";
import type { Arm } from "../../domain/decision.ts";
import type { ArmReward, RecentComparison } from "../../domain/reward-series.ts";
import type { ActivityInput, RewardSeriesInput } from "../input/input.ts";

/** Mean reward of one arm in one bucket, in reward units a decision. */
export interface RewardPoint extends ArmReward {
  /** Milliseconds since 1970. */
  readonly bucketStart: number;
}

/** Mean rewards by bucket and arm. */
export interface RewardSeries {
  /** Oldest first. */
  readonly points: readonly RewardPoint[];
  /** Serving against baseline over the newest part of the series that is long enough; absent without points. */
  readonly comparison?: RecentComparison & {
    /** Milliseconds since 1970. */
    readonly from: number;
  };
}

/** Sessions and returns of users by arm, between two times in milliseconds since 1970. */
export interface Activity {
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
  /** Arm that the others are set against. */
  readonly against: Arm;
  readonly arms: readonly ArmActivity[];
}

/** Rewards and activity by arm. */
export interface MeasureCalls {
  /**
   * Mean rewards over time of decisions whose reward window has closed.
   * @throws unknown_scenario
   */
  rewardSeries(options?: RewardSeriesInput): Promise<RewardSeries>;
  /**
   * Sessions a day, returns within a day and a week, and length of sessions by arm, with intervals:
   * outcomes beside the reward. Default: the last 28 days, against the baseline.
   * @throws unknown_scenario
   */
  activity(options?: ActivityInput): Promise<Activity>;
}
