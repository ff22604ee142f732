import type { ActivityQuery } from "../../contract/activity.ts";
import type { CampaignBody, CampaignReportQuery } from "../../contract/campaigns.ts";
import type { DecisionsQuery } from "../../contract/decision.ts";
import type { EdgeBody, EdgesQuery } from "../../contract/edges.ts";
import type { EventBody } from "../../contract/events.ts";
import type { InterventionRequest, RollBackRequest } from "../../contract/interventions.ts";
import type { PageQuery, ScenarioQuery } from "../../contract/page.ts";
import type {
  CandidateBody,
  RecommendBatchRequest,
  RecommendRequest,
} from "../../contract/recommend.ts";
import type { RewardSeriesQuery } from "../../contract/reward-series.ts";

// Calls of the library take the same fields as the HTTP wire, with times as numbers. A field that
// is `undefined` is absent.

/** An item to choose from, with features of its own if needed. */
export type CandidateInput = CandidateBody;

/** A request for a slate. */
export type RecommendInput = RecommendRequest;

/** Requests for slates that are decided together. */
export type RecommendBatchInput = RecommendBatchRequest;

/** A connection of a user. */
export type EdgeInput = EdgeBody;

/** Number of edges. */
export type EdgesInput = EdgesQuery;

/** The place and size of a page. */
export type PageInput = PageQuery;

/** A scenario, and the number of its newest rows. */
export type ScenarioPageInput = ScenarioQuery;

/** Decisions to list. */
export interface DecisionsInput extends Omit<DecisionsQuery, "from" | "to"> {
  /** Milliseconds since 1970, as `to`. */
  readonly from?: number;
  readonly to?: number;
}

/** An intervention of an operator. */
export type InterventionInput = InterventionRequest;

/** The policy to roll back, and the note of an operator. */
export type RollBackInput = Omit<RollBackRequest, "scenario">;

/** An event as it arrives; `value` defaults to 1 and `occurredAt` to now. */
export interface EventInput extends Omit<EventBody, "occurredAt"> {
  /** Milliseconds since 1970. */
  readonly occurredAt?: number;
}

/** A campaign to write. Times are milliseconds since 1970. */
export interface CampaignInput extends Omit<CampaignBody, "startsAt" | "endsAt"> {
  readonly startsAt?: number;
  readonly endsAt?: number;
}

/** The scenario and the days of a report of campaigns: times in the first and the last one, milliseconds since 1970. */
export interface CampaignReportInput extends Omit<CampaignReportQuery, "from" | "to"> {
  readonly from?: number;
  readonly to?: number;
}

/** The scenario and first time of a view of activity, and the arm that others are set against. */
export interface ActivityInput extends Omit<ActivityQuery, "since"> {
  /** Decisions from this time on, milliseconds since 1970; default 28 days back. */
  readonly since?: number;
}

/** The scenario, bucket length and first time of a reward series. */
export interface RewardSeriesInput extends Omit<RewardSeriesQuery, "since"> {
  /** Decisions from this time on, milliseconds since 1970, at most 10,000 buckets back; default 200 buckets back. */
  readonly since?: number;
}
