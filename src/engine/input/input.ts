import type {
  CandidateBody,
  EventBody,
  InterventionRequest,
  PageQuery,
  RecommendRequest,
  RewardSeriesQuery,
  ScenarioQuery,
} from "../../contract/api.ts";

// Calls of the library take the same fields as the HTTP wire, with times as numbers. A field that
// is `undefined` is absent.

export type CandidateInput = CandidateBody;
export type RecommendInput = RecommendRequest;
export type PageInput = PageQuery;
export type ScenarioPageInput = ScenarioQuery;
export type InterventionInput = InterventionRequest;

/** An event as it arrives; `value` defaults to 1 and `occurredAt` to now. */
export interface EventInput extends Omit<EventBody, "occurredAt"> {
  /** Milliseconds since 1970. */
  readonly occurredAt?: number;
}

export interface RewardSeriesInput extends Omit<RewardSeriesQuery, "since"> {
  /** Decisions from this time on, milliseconds since 1970, at most 10,000 buckets back; default 200 buckets back. */
  readonly since?: number;
}
