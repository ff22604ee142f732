import type { Decision, DecisionRule, OfferLimits } from "../domain/decision.ts";
import type { CandidateBody, JsonObject, SlateEntry } from "./api.ts";

/** The part of the catalogue that a request asked for. */
export interface OfferBody extends Omit<OfferLimits, "except"> {
  /** Items that were left out: those of the pages before. */
  readonly except?: readonly string[];
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
    | "expiresAt"
    | "offer"
  > {
  readonly decisionId: string;
  readonly userId: string;
  readonly candidates: readonly CandidateBody[];
  readonly slate: readonly SlateEntry[];
  /** Absent if the whole catalogue was asked for. */
  readonly offer?: OfferBody;
  readonly decidedAt: string;
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
