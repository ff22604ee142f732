import type { Arm } from "../domain/decision.ts";
import type { JsonObject } from "../domain/json.ts";
import type { RelatedTo } from "../domain/related.ts";
import type { ItemRules } from "../domain/rules.ts";

export type { RelatedKind, RelatedTo } from "../domain/related.ts";
export type { Boost, Cap, ItemRules, PinnedItem } from "../domain/rules.ts";

/**
 * An item to choose from. Its `features` replace those of the catalogue for this decision; an item
 * outside the catalogue needs them.
 */
export interface CandidateBody {
  readonly itemId: string;
  readonly features?: JsonObject;
}

/** A request for a slate: `POST /api/v1/recommend`. */
export interface RecommendRequest {
  readonly userId: string;
  /** Default: the first scenario of the configuration. */
  readonly scenario?: string;
  /** 1…50, at most as many as `candidates`; the slate is shorter if fewer may be shown. */
  readonly slateSize?: number;
  /**
   * Default: the available catalogue. Withdrawn items without features of their own are left out,
   * and seen ones if the scenario excludes them.
   */
  readonly candidates?: readonly CandidateBody[];
  readonly context?: JsonObject;
  /** The slate holds items that are related to this one: for a page of an item, or a basket. Not together with `candidates`. */
  readonly relatedTo?: RelatedTo;
  /** Rules of this request, which hold beside those of the scenario. */
  readonly rules?: ItemRules;
  /**
   * Unsigned 32-bit integer: the same request in the same state with the same seed gives the same
   * slate. The server mixes it with a secret of its own, so it chooses no slate.
   */
  readonly seed?: number;
  /**
   * Names the request of this user in this scenario, so that it can be sent again: the decision that it has led to is answered, and no
   * other one is made.
   */
  readonly idempotencyKey?: string;
  /**
   * The slate is drawn for a page that may be shown later. The decision counts only once it is
   * activated: `POST /api/v1/decisions/{decisionId}/activate`. Default false.
   */
  readonly deferred?: boolean;
}

/** Requests that are decided together, or in turn if a scenario has ads: `POST /api/v1/recommend/batch`. */
export interface RecommendBatchRequest {
  /** 1 to 100. */
  readonly requests: readonly RecommendRequest[];
  /** Each user gets an item in one slate at most, the first that draws it. Default false. */
  readonly distinct?: boolean;
}

/** A decision for each request, in their order. */
export interface RecommendBatchResponse {
  readonly recommendations: readonly RecommendResponse[];
}

/** One shown item. `position` counts from 0; `propensity` is in (0, 1]. */
export interface SlateEntry {
  readonly itemId: string;
  readonly position: number;
  /** Probability of this item at this position, given the items before it. */
  readonly propensity: number;
}

/**
 * A durable decision with its slate and exact propensities. At `expiresAt` it closes: window and
 * grace period are over.
 */
export interface RecommendResponse {
  readonly decisionId: string;
  readonly scenario: string;
  readonly policyVersion: number;
  readonly arm: Arm;
  readonly slate: readonly SlateEntry[];
  /** Joint probability of the slate. */
  readonly slatePropensity: number;
  /** The logged seed, from which the slate was drawn; not the one that the request sent. */
  readonly seed: number;
  readonly expiresAt: string;
  /** Reason why another policy than the serving one answered; else absent. */
  readonly fallback?: string;
  /** The decision counts only from its activation on, which is possible until `expiresAt`; else absent. */
  readonly deferred?: true;
}
