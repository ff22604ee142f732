import type { Verdict } from "./cycle-outcome.ts";
import type { NewEncoder } from "./encoder-record.ts";
import type { FirstSlates, SlateQuality, TemperatureChoice } from "./first-slates.ts";
import type { GateLooks, Guard, PredictedLift } from "./gate-record.ts";
import type { PrivacyEvidence } from "./privacy.ts";
import type { Damageable } from "./stored-record.ts";

// Differences are in the gate's unit, a row's reward as a share of the rule's range; lifts are over the value of the policy
// that was replaced.

export interface Promotion {
  /** Version that it took the place of. */
  readonly replaced?: number;
  /** Milliseconds since 1970. */
  readonly promotedAt: number;
  /** 0 if no user keeps the replaced policy, so there is no comparison. */
  readonly holdbackShare: number;
  /** To be expected; in records of before it was corrected, as judged. */
  readonly predicted: PredictedLift;
}

/** The promotion that approval makes of a policy which waits for it. */
export interface Proposed {
  readonly holdbackShare: number;
  readonly predicted: PredictedLift;
  /** The gate's own sentence. */
  readonly reason: string;
}

export interface LiveArmSummary {
  readonly users: number;
  readonly rows: number;
  /** Mean over rows; absent without rows. */
  readonly meanReward?: number;
}

/** Mean reward a row of one arm of live traffic minus that of another; absent until both arms have enough rewarded users. */
export interface LiveDifference extends PredictedLift {
  /** Of the difference. Interval and relative interval are ends of a confidence sequence, each at 99 %: they hold at every look at once. */
  readonly standardError?: number;
}

/** `keep` looks again, `confirm` found it not worse, `expire` has looked long enough, `roll-back` found it worse. */
export const promotionActions = ["keep", "confirm", "expire", "roll-back"] as const;
export type PromotionAction = (typeof promotionActions)[number];

/** A look at a promotion, or at a retriever in the place of another, on live rewards. */
export interface PromotionReview extends LiveDifference {
  readonly serving: LiveArmSummary;
  readonly holdback: LiveArmSummary;
  /** The promoted policy or the retriever, and the replaced one. */
  readonly version: number;
  readonly replaced: number;
  /** Decisions from here on count, milliseconds since 1970. */
  readonly since: number;
  readonly looks: number;
  readonly action: PromotionAction;
  /** One sentence for a person. */
  readonly reason: string;
}

/** The time that a canary has. */
export interface CanaryTrial {
  /** Decisions from here on count, milliseconds since 1970. */
  readonly since: number;
  /** The first cycle from here on ends it, milliseconds since 1970. */
  readonly deadline: number;
  /** Planned standard error at the deadline, as a share of the mean that rewards add; absent without traffic or rewards. */
  readonly plannedError?: number;
}

/**
 * `keep` looks again, `promote` found it better, `ask` too but an operator decides, `lose` found it worse, `expire` has not found
 * out by its deadline.
 */
export const canaryActions = ["keep", "promote", "ask", "lose", "expire"] as const;
export type CanaryAction = (typeof canaryActions)[number];

/** A look at a canary, on live rewards: the canary minus the serving policy. */
export interface CanaryReview extends LiveDifference, CanaryTrial {
  readonly canary: LiveArmSummary;
  readonly serving: LiveArmSummary;
  readonly version: number;
  readonly action: CanaryAction;
  /** One sentence for a person. */
  readonly reason: string;
  /** Guard metrics on live outcomes; absent if the scenario has none. */
  readonly guards?: readonly Guard[];
}

/** The serving arm, by all policies in it, minus the anchor, on live rewards. */
export interface AnchorReview extends LiveDifference {
  readonly serving: LiveArmSummary;
  readonly anchor: LiveArmSummary;
  /** The anchor's. */
  readonly version: number;
  /** Decisions from here on count, milliseconds since 1970. */
  readonly since: number;
}

/**
 * Measurements of a policy trained on events: all of a trained network, or the quality of a
 * baseline's slates.
 */
export interface SlateEvidence
  extends Partial<SlateQuality>,
    Pick<FirstSlates, "slateSize" | "users">,
    Partial<Pick<FirstSlates, "popularity" | "temperature">> {
  readonly choice?: Omit<TemperatureChoice, "curve">;
}

/** Measurements behind a policy's status. */
export interface PolicyEvidence extends Damageable {
  /** One sentence for a person. */
  readonly reason?: string;
  /** The gate's. */
  readonly verdict?: Verdict;
  /** Items that users chose before the first decision, which the start of a loop was counted from; 0 without. */
  readonly choices?: number;
  /** That a baseline was counted on. */
  readonly decisions?: number;
  readonly slates?: SlateEvidence;
  /** Findings of gate and reviews about a canary so far. */
  readonly looks?: GateLooks;
  readonly proposed?: Proposed;
  readonly promotion?: Promotion;
  /** The last look at it. */
  readonly realised?: PromotionReview;
  /** The last look at its retrieval: `version` retrieves, in place of `replaced`. */
  readonly retrieval?: PromotionReview;
  /** Of a canary. */
  readonly trial?: CanaryTrial;
  /** Of a canary: reason why no off-policy looks may promote it; absent if they may. */
  readonly onlyLive?: string;
  /** The last live look at a canary. */
  readonly tried?: CanaryReview;
  /** Of the first policy on an encoder that learned on. */
  readonly newEncoder?: NewEncoder;
  /** Of a policy that was trained with differential privacy, and of the baseline beside it. */
  readonly privacy?: PrivacyEvidence;
}
