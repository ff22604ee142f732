import type { Decision } from "./decision.ts";
import type { ItemId } from "./ids.ts";

/**
 * Additions to a candidate's log-odds, each less its mean over the candidates of the decision, but for the last two:
 * - `popularity`: the baseline's order.
 * - `encoder`: product of the user's state and the item, or without known events the item's share of all events.
 * - `chain`: items that follow the user's newest ones in behaviour.
 * - `head`: the part that learning cycles move.
 * - `fastLoop`: the fast loop's correction, and `fastLoopDraw` the random part of its draw, which explores.
 * - `boost`: the sum of the boosts of scenario and request, as they were written.
 * - `diversity`: the part of the items above, λ·ln of the item's unexplained part; 0 if they have nothing in common with it.
 */
export const termNames = [
  "popularity",
  "encoder",
  "chain",
  "head",
  "fastLoop",
  "fastLoopDraw",
  "boost",
  "diversity",
] as const;

/** An addition to log-odds: an entry of `termNames`. */
export type TermName = (typeof termNames)[number];

/** A past event that raised the probability of a shown item at its position. */
export interface RaisingEvent {
  /** Place in the explanation's `history`. */
  readonly event: number;
  /** ln(p/p′) of the item at its position, p′ without the event; above 0. */
  readonly logRatio: number;
}

/** Why an item stands at its position. */
export interface ExplainedItem {
  readonly itemId: ItemId;
  readonly position: number;
  /** Probability at this position given the items above, in (0, 1]. */
  readonly propensity: number;
  /** Parts of the score; absent ones are no part of this policy. None of the uniform choice. */
  readonly terms: Readonly<Partial<Record<TermName, number>>>;
  /** Sum of the terms. Without exploration the propensity is proportional to e^score. */
  readonly score: number;
  /** Order by score among the candidates that could stand here, from 1. Absent at a pinned position. */
  readonly rank?: number;
  /** Candidates that could stand here. Absent at a pinned position. */
  readonly open?: number;
  /** Candidates, neither pinned nor above, that caps forbade here. Absent at a pinned position. */
  readonly capped?: number;
  /** Probability, given the choice, that the uniform part of the mixture made it: (ε/open)/propensity. 0 at a pinned position. */
  readonly explored: number;
  /** A rule held the place for it. */
  readonly pinned: boolean;
  /** The events that raised it most, at most three. */
  readonly raisedBy: readonly RaisingEvent[];
}

/** A past event and its part in the slate. */
export interface ExplainedEvent {
  readonly itemId: ItemId;
  readonly type: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
  /** Share of the encoder's attention, in [0, 1]; the shares of a history add up to 1, or are all 0 without known items. Absent without an encoder. */
  readonly attention?: number;
  /** Probability, averaged over the drawn positions, that the choice would have been another without the event: total variation. Absent of events that were not left out. */
  readonly shift?: number;
  /** ln(P/P′) of the shown slate, P′ without the event: above 0 if the event made it likelier. Absent like `shift`. */
  readonly logRatio?: number;
}

/** Items of the catalogue that could not be candidates. Absent if the request sent the candidates, since those left out are not in the record. */
export interface LeftOutItems {
  /** Items that were not withdrawn. */
  readonly available: number;
  /** By filters, exclusion and the asked categories, and items of campaigns that took no part. */
  readonly byRules: number;
  /** Of the others, those that the user had seen or turned down, or was shown too often. */
  readonly seen: number;
  /** Of the others, those that retrieval did not keep. */
  readonly notRetrieved: number;
}

/** Why a user was shown a slate, from the record as of its moment. */
export interface Explanation
  extends Pick<
    Decision,
    | "decisionId"
    | "userId"
    | "scenario"
    | "arm"
    | "policyVersion"
    | "exploration"
    | "slatePropensity"
    | "decidedAt"
  > {
  /** Number of candidates. */
  readonly candidates: number;
  readonly leftOut?: LeftOutItems;
  readonly slate: readonly ExplainedItem[];
  /** The user's events as of the decision that the policy could read, oldest first, at most 200. */
  readonly history: readonly ExplainedEvent[];
  /** The events that moved the slate most. */
  readonly movedBy: {
    /** Places in `history`, the largest shift first, at most three. */
    readonly events: readonly number[];
    /** The shift without all of them together. */
    readonly shift: number;
  };
}
