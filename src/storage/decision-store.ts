import type { UserActivity } from "../domain/activity.ts";
import type { Arm, Decision, Feedback, ShownSlate } from "../domain/decision.ts";
import type { DecisionId, ItemId, UserId } from "../domain/ids.ts";
import type { RewardRule } from "../domain/scenario.ts";
import type { EventRow } from "./event-store.ts";

/** Rewards of one arm. */
export interface ArmRewards {
  readonly arm: Arm;
  readonly decisions: number;
  /** Over the positions, each settled by the rule: default if no event came, then clipped. */
  readonly rewardSum: number;
}

/** Within one span of time, with sums over its users: R is the sum of a user's rewards, n the number of their decisions. */
export interface RewardBucket extends ArmRewards {
  readonly bucketStart: number;
  readonly users: number;
  /** Σ R². */
  readonly rewardSquares: number;
  /** Σ R·n. */
  readonly rewardProducts: number;
  /** Σ n². */
  readonly decisionSquares: number;
}

/** A user's shown positions, and those of them with an outcome. */
export interface UserOutcomes {
  readonly userId: UserId;
  readonly rows: number;
  readonly outcomes: number;
}

/** Rewards of one user under one policy in one arm. */
export interface UserRewards {
  /** Positions. */
  readonly rows: number;
  /** Over the positions, each settled by the rule: default if no event came, then clipped. */
  readonly rewardSum: number;
}

/** A decision with the state of its row. */
export interface ScannedDecision extends Feedback {
  /** The part that is not as it was written, by its checksum: the row, a rule that it names, or a reward. */
  readonly changed?: string;
}

/** A page of decisions, newest first. */
export interface DecisionPage {
  readonly rows: readonly Feedback[];
  /** The last decision that was looked at; absent on the last page. */
  readonly next?: DecisionId;
}

/** Decisions with the rewards of their positions. Times are milliseconds since 1970. */
export interface DecisionStore {
  /** Fresh ones, all or none. Refuses a known id with `conflict`. @throws CampaignClosed, ErasedMeanwhile */
  append(...decisions: readonly Decision[]): Promise<void>;
  /** All or none, with events that they bring; those that stand on rows of an erased user as well. */
  appendAll(
    decisions: readonly Decision[],
    options?: { readonly events?: readonly EventRow[] },
  ): Promise<void>;
  /** Times of the oldest and newest decision of a scenario; undefined if there is none. */
  dateRange(scenario: string): Promise<{ readonly from: number; readonly to: number } | undefined>;
  find(decisionId: DecisionId): Promise<Feedback | undefined>;
  findShown(decisionId: DecisionId): Promise<ShownSlate | undefined>;
  /** The user's newest decision with decidedAt ≤ occurredAt and expiresAt > now whose slate holds the item. */
  findByItem(options: {
    readonly userId: UserId;
    readonly itemId: ItemId;
    readonly occurredAt: number;
    readonly now: number;
  }): Promise<ShownSlate | undefined>;
  /** The user's newest `limit` decisions of a scenario with expiresAt > now, newest first. */
  openOf(options: {
    readonly userId: UserId;
    readonly scenario: string;
    readonly now: number;
    readonly limit: number;
  }): Promise<readonly Feedback[]>;
  /** Times at which a scenario's decisions showed a user each item, decidedAt > since and sequence ≤ asOf. */
  showings(options: {
    readonly userId: UserId;
    readonly scenario: string;
    readonly since: number;
    readonly asOf: number;
  }): Promise<ReadonlyMap<ItemId, readonly number[]>>;
  /**
   * Decisions of a scenario with expiresAt ≤ closedBefore and from ≤ decidedAt < to (default: all),
   * after `after`, by sequence, at most `limit`.
   */
  feedback(options: {
    readonly scenario: string;
    readonly after: number;
    readonly closedBefore: number;
    readonly from?: number;
    readonly to?: number;
    readonly limit: number;
  }): Promise<readonly Feedback[]>;
  /**
   * Decisions of a scenario with from ≤ decidedAt that are older than `before`, newest first, at most `limit`: of one user and with
   * an item in the slate, if named. Of an item at most 1,000 decisions are looked at.
   */
  list(options: {
    readonly scenario: string;
    readonly userId?: UserId;
    readonly itemId?: ItemId;
    readonly from: number;
    /** A time, or a decision. */
    readonly before: { readonly decidedAt: number; readonly sequence?: number };
    readonly limit: number;
  }): Promise<DecisionPage>;
  /** The newest `limit` decisions, newest first. */
  recent(limit: number): Promise<readonly Feedback[]>;
  /** Decisions with from ≤ decidedAt < to and after < sequence ≤ asOf, by sequence, at most `limit`. */
  scan(options: {
    readonly from: number;
    readonly to: number;
    readonly after: number;
    readonly asOf: number;
    readonly limit: number;
  }): Promise<readonly ScannedDecision[]>;
  /**
   * Of the newest `limit` (default: all) of the same decisions: number, and the `after` at which
   * they begin.
   */
  span(options: {
    readonly from: number;
    readonly to: number;
    readonly asOf: number;
    readonly limit?: number;
  }): Promise<{ readonly count: number; readonly after: number }>;
  /**
   * Of the newest `limit` (default: all) that `feedback` gives: number, and the `after` at which
   * they begin.
   */
  closedSpan(options: {
    readonly scenario: string;
    readonly after: number;
    readonly closedBefore: number;
    readonly limit?: number;
  }): Promise<{ readonly count: number; readonly after: number }>;
  /** Per arm and bucket of `bucketSeconds`, of closed decisions (expiresAt ≤ closedBefore) with decidedAt ≥ since, oldest first. */
  rewardBuckets(options: {
    readonly scenario: string;
    readonly since: number;
    readonly closedBefore: number;
    readonly bucketSeconds: number;
    readonly rule: RewardRule;
  }): Promise<readonly RewardBucket[]>;
  /** Per arm, of the newest `limit` decisions with decidedAt ≤ decidedBefore. */
  recentRewards(options: {
    readonly scenario: string;
    readonly decidedBefore: number;
    readonly limit: number;
    readonly rule: RewardRule;
  }): Promise<readonly ArmRewards[]>;
  /** By user, of closed decisions (expiresAt ≤ closedBefore) with decidedAt ≥ since, by one policy or all that the arm had. In no order. */
  userRewards(options: {
    readonly scenario: string;
    readonly arm: Arm;
    readonly policyVersion?: number;
    readonly since: number;
    readonly closedBefore: number;
    readonly rule: RewardRule;
  }): Promise<readonly UserRewards[]>;
  /** The same for outcomes: `outcomes` counts the positions with an event of the type. */
  userOutcomes(options: {
    readonly scenario: string;
    readonly arm: Arm;
    readonly policyVersion: number;
    readonly since: number;
    readonly closedBefore: number;
    readonly type: string;
  }): Promise<readonly UserOutcomes[]>;
  /** Positions of decisions with after < event number ≤ through that have an event of the type. In no order. */
  outcomes(options: {
    readonly type: string;
    readonly after: number;
    readonly through: number;
  }): Promise<readonly { readonly sequence: number; readonly position: number }[]>;
  /** Sessions of each user and arm, of decisions with from ≤ decidedAt < to; decisions of a user less apart than the gap are a session. In no order. */
  userActivity(options: {
    readonly scenario: string;
    readonly from: number;
    readonly to: number;
    readonly sessionGapSeconds: number;
  }): Promise<readonly UserActivity[]>;
  /** Event number of the scenario's nth decision, n ≥ 1; `undefined` if there are fewer. */
  nth(scenario: string, n: number): Promise<number | undefined>;
  /** Decisions in all, or those with after < sequence ≤ asOf. */
  count(options?: {
    readonly scenario?: string;
    readonly after?: number;
    readonly asOf?: number;
  }): Promise<number>;
}
