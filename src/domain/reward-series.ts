import type { Arm } from "./decision.ts";

/** Reward of an arm's closed decisions within one span of time. */
export interface ArmReward {
  readonly arm: Arm;
  readonly decisions: number;
  /** Reward a decision: the sum over its positions, defaults included, each clipped to the scenario's range. */
  readonly meanReward: number;
  /** Of the mean, with users as clusters; absent if one user alone decided. */
  readonly standardError?: number;
}

/** Over several buckets of time, each a cluster of decisions. */
export interface ArmMean {
  /** Reward a decision. */
  readonly mean: number;
  /** Absent for one bucket. */
  readonly standardError?: number;
  readonly decisions: number;
  readonly buckets: number;
}

/** A value with its 95 % interval. */
export interface Measured {
  readonly value: number;
  readonly interval: readonly [number, number];
}

/** The serving arm against the baseline. */
export interface ArmComparison {
  /** Absent without decisions of the arm. */
  readonly serving?: ArmMean;
  readonly baseline?: ArmMean;
  /** Of each arm; below these there is neither difference nor lift. */
  readonly needed: { readonly decisions: number; readonly buckets: number };
  /** Serving minus baseline, reward units a decision. */
  readonly difference?: Measured;
  /** The difference as a share of the baseline's mean; absent if that is not above 0. */
  readonly lift?: Measured;
}

/** Over the newest quarter of a series, its half or all of it: the first with enough decisions of the baseline for a steady interval. */
export interface RecentComparison extends ArmComparison {
  /** Length of the part that is compared. */
  readonly seconds: number;
}
