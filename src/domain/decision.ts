import type { ShownAd } from "./campaign.ts";
import type { FastLoopMark } from "./fast-loop.ts";
import type { DecisionId, ItemId, UserId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { RelatedTo } from "./related.ts";
import type { ItemRules } from "./rules.ts";
import type { RewardRule, ServingRule } from "./scenario.ts";

/** An item allowed in a decision. `features` are those sent with the request; without them the catalogue's hold. */
export interface Candidate {
  readonly itemId: ItemId;
  readonly features?: JsonObject;
}

/**
 * Which part of the traffic a decision belongs to:
 * - `serving`, and `canary`, which may take its place.
 * - `holdback` keeps the policy that the serving one replaced, until live rewards have shown which
 *   is better.
 * - `anchor` keeps one policy for months, so that many promotions are compared with it.
 * - `baseline` is the popularity policy kept beside for comparison.
 * - `uniform` draws from all that may be shown.
 */
export const arms = ["serving", "canary", "holdback", "anchor", "baseline", "uniform"] as const;

/** The part of the items that a request asks for, beside the scenario's own rules. */
export interface OfferLimits {
  /** Each item has all of them. */
  readonly categories?: readonly string[];
  /** Items that are left out: those of the pages before. */
  readonly except?: readonly ItemId[];
  /** Number of items on the pages before; absent on the first page. */
  readonly offset?: number;
  /** The items are the closest to this one. */
  readonly relatedTo?: RelatedTo;
  /** Rules of the request, beside those of the scenario. */
  readonly rules?: ItemRules;
  /** Places that were asked for, if the rules left fewer items than candidates. */
  readonly slateSize?: number;
}

/** Sources of the items that a decision chooses from: the catalogue, or candidates that the request sent. */
export const offeredBy = ["catalogue", "request"] as const;

/** Part of the traffic of a decision: an entry of `arms`. */
export type Arm = (typeof arms)[number];

/** Source of the offered items: an entry of `offeredBy`. */
export type OfferedBy = (typeof offeredBy)[number];

/** One logged slate. Everything that is needed to derive its propensities again, and the propensities as served. */
export interface Decision {
  readonly decisionId: DecisionId;
  readonly userId: UserId;
  readonly scenario: string;
  readonly arm: Arm;
  readonly policyVersion: number;
  /** Seed of the stream that drew the slate, an unsigned 32-bit integer. */
  readonly seed: number;
  /** Event number that the profile and the catalogue were read at. */
  readonly asOf: number;
  readonly context: JsonObject;
  readonly candidates: readonly Candidate[];
  /** Shown items, position 0 first. */
  readonly slate: readonly ItemId[];
  /** For each position the probability of its item given the items before it, each in (0, 1]. */
  readonly positionPropensities: readonly number[];
  /** Joint probability of the slate: the product of the position propensities. */
  readonly slatePropensity: number;
  readonly exploration: number;
  /** Absent if the logits were the policy's alone. */
  readonly fastLoop?: FastLoopMark;
  /** The scenario's, on which profile and fast loop depend. Absent in decisions that were made before it was written down. */
  readonly rewardRule?: RewardRule;
  /** On which arm, exploration and candidates depend. Absent in decisions that were made before it was written down. */
  readonly servingRule?: ServingRule;
  /** Milliseconds since 1970; of a deferred one the time of its activation. */
  readonly decidedAt: number;
  /** The decision closes: the end of the reward window and of its grace period. */
  readonly expiresAt: number;
  /** Absent in decisions that were made before it was written down. */
  readonly offeredBy?: OfferedBy;
  /** Version whose logits kept the candidates of more offered items; 0 if they were drawn by lot, absent if all were kept. */
  readonly retriever?: number;
  /** Absent if the request had no limits of its own. */
  readonly offer?: OfferLimits;
  /** By position, the campaign that pays; absent in scenarios without ads. */
  readonly ads?: readonly ShownAd[];
  /** Time at which a deferred decision's slate was drawn; absent if it was not deferred. */
  readonly drawnAt?: number;
}

/** Fields by which an event is its decision's, and brings it a reward. */
export const attributingFields = [
  "decisionId",
  "userId",
  "scenario",
  "slate",
  "rewardRule",
  "decidedAt",
  "expiresAt",
  "ads",
] as const;
export type ShownSlate = Pick<Decision, (typeof attributingFields)[number]>;

/** The fields of a decision that have its time of drawing. */
export type DrawnTime = "decidedAt" | "drawnAt";

/** The time that rules and features of a decision were read at. */
export const timeOfDraw = ({ drawnAt, decidedAt }: Pick<Decision, DrawnTime>): number =>
  drawnAt ?? decidedAt;

/** A deferred decision as it is made when it is activated: its windows begin then. */
export const activatedAt = (decision: Decision, now: number): Decision => ({
  ...decision,
  drawnAt: timeOfDraw(decision),
  decidedAt: now,
  expiresAt: now + decision.expiresAt - decision.decidedAt,
});

/** Fields that are for derivations: an answer or export leaves them out. */
export type DecisionRule = "rewardRule" | "servingRule";

/** A decision that has closed, with the reward of each position before default and clipping. */
export interface Feedback {
  readonly decision: Decision;
  /** Event number of the decision itself: feedback is read in this order. */
  readonly sequence: number;
  /** Sum of weighted event values for each position; `undefined` if no event came. */
  readonly rewards: readonly (number | undefined)[];
  /** Positions that an event says were viewed; absent if there is none. */
  readonly viewed?: readonly number[];
  /** An event that answers it refuses training: its reward teaches nobody. */
  readonly isUntrained?: boolean;
}
