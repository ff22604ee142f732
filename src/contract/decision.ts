import type { ShownAd } from "../domain/campaign.ts";
import type { Decision, DecisionRule, OfferLimits } from "../domain/decision.ts";
import type { JsonObject } from "../domain/json.ts";
import type { PageQuery } from "./page.ts";
import type { CandidateBody, SlateEntry } from "./recommend.ts";

/** The part of the catalogue that a request asked for. */
export interface OfferBody extends Omit<OfferLimits, "except"> {
  /** Items that were left out: those of the pages before. */
  readonly except?: readonly string[];
}

/** Query of `GET /api/v1/decisions`. */
export interface DecisionsQuery extends PageQuery {
  /** Default: the first scenario. */
  readonly scenario?: string;
  readonly userId?: string;
  /** An item that the slate has. */
  readonly itemId?: string;
  /** Decided at or after this time. */
  readonly from?: string;
  /** Decided before this time. */
  readonly to?: string;
}

/** What a decision showed, and its reward so far. `GET /api/v1/decisions/{decisionId}` has the rest. */
export interface DecisionSummary
  extends Pick<
    DecisionBody,
    | "decisionId"
    | "userId"
    | "scenario"
    | "arm"
    | "policyVersion"
    | "slate"
    | "slatePropensity"
    | "exploration"
    | "decidedAt"
    | "expiresAt"
    | "rewards"
  > {}

/** The campaign at a position: its price, its pacing, and the share of the showing that is exploration's. */
export interface ShownAdBody extends Omit<ShownAd, "campaignId"> {
  readonly campaignId: string;
}

/** A decision as it was made, with the user's history as of that moment. */
export interface DecisionBody
  extends Omit<
    Decision,
    | "decisionId"
    | "userId"
    | "candidates"
    | "slate"
    | "positionPropensities"
    | DecisionRule
    | "decidedAt"
    | "drawnAt"
    | "expiresAt"
    | "offer"
    | "ads"
  > {
  readonly decisionId: string;
  readonly userId: string;
  readonly candidates: readonly CandidateBody[];
  readonly slate: readonly SlateEntry[];
  /** Absent if the whole catalogue was asked for. */
  readonly offer?: OfferBody;
  /** By position; absent in scenarios without ads. */
  readonly ads?: readonly ShownAdBody[];
  readonly decidedAt: string;
  /** Time at which a deferred decision's slate was drawn; absent if it was not deferred. */
  readonly drawnAt?: string;
  readonly expiresAt: string;
  /** By position: the reward so far, absent events as null. */
  readonly rewards: readonly (number | null)[];
  readonly profile: {
    readonly attributes: JsonObject;
    readonly history: readonly {
      readonly itemId: string;
      readonly type: string;
      readonly value: number;
      readonly occurredAt: string;
    }[];
  };
}

/** A decision that counts: `POST /api/v1/decisions/{decisionId}/activate`. */
export interface ActivateResponse {
  readonly decisionId: string;
  /** Time of the activation; of a decision that was not deferred, its own. */
  readonly decidedAt: string;
  /** It closes then. */
  readonly expiresAt: string;
}
