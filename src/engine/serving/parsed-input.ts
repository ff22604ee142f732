import type { Candidate, OfferLimits } from "../../domain/decision.ts";
import type { DecisionId, UserId } from "../../domain/ids.ts";
import type { RecommendInput } from "../input/input.ts";

/** A request whose ids are known to be ids. */
export type ParsedInput = Omit<RecommendInput, "userId" | "candidates"> & {
  readonly userId: UserId;
  readonly candidates?: readonly Candidate[];
  /** The part of the catalogue that is asked for, beside the request's rules. */
  readonly offer?: OfferLimits;
  /** Default: a new one. */
  readonly decisionId?: DecisionId;
};
