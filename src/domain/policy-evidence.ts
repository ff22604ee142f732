import type { Verdict } from "./cycle-outcome.ts";
import type { FirstSlates, SlateQuality, TemperatureChoice } from "./first-slates.ts";
import type { GateLooks } from "./gate-record.ts";
import type { Damageable } from "./stored-record.ts";

// Differences are in the gate's unit, a row's reward as a share of the rule's range; lifts are over the value of the policy
// that was replaced.

/** The gate's promise of a promotion. */
export interface PredictedLift {
  readonly difference?: number;
  readonly interval?: readonly [number, number];
  readonly relativeLift?: number;
  readonly relativeInterval?: readonly [number, number];
}

export interface Promotion {
  /** Version that it took the place of. */
  readonly replaced?: number;
  /** Milliseconds since 1970. */
  readonly promotedAt: number;
  /** 0 if no user keeps the replaced policy, so there is no comparison. */
  readonly holdbackShare: number;
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

/** A promoted policy against the replaced policy on live traffic, reward units a row. */
export interface LiveDifference {
  readonly serving: LiveArmSummary;
  readonly holdback: LiveArmSummary;
  /** Serving minus holdback; absent, as the fields below, until both arms have enough rows. */
  readonly difference?: number;
  readonly standardError?: number;
  /** Ends of a confidence sequence, each at 99 %: they hold at every look at once. */
  readonly interval?: readonly [number, number];
  /** Difference and interval over the holdback's mean, if that is positive. */
  readonly relativeLift?: number;
  readonly relativeInterval?: readonly [number, number];
}

/** `keep` looks again, `confirm` found it not worse, `expire` has looked long enough, `roll-back` found it worse. */
export const promotionActions = ["keep", "confirm", "expire", "roll-back"] as const;
export type PromotionAction = (typeof promotionActions)[number];

/** A look at a promotion, on live rewards. */
export interface PromotionReview extends LiveDifference {
  /** The promoted policy, and the replaced policy. */
  readonly version: number;
  readonly replaced: number;
  /** Decisions from here on count, milliseconds since 1970. */
  readonly since: number;
  readonly looks: number;
  readonly action: PromotionAction;
  /** One sentence for a person. */
  readonly reason: string;
}

/**
 * Measurements of a policy trained on events: all of a pretrained network, or the quality of a
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
  /** That a baseline was counted on. */
  readonly decisions?: number;
  readonly slates?: SlateEvidence;
  /** Findings of gate and reviews about a canary so far. */
  readonly looks?: GateLooks;
  readonly proposed?: Proposed;
  readonly promotion?: Promotion;
  /** The last look at it. */
  readonly realised?: PromotionReview;
}
