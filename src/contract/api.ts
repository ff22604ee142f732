import type { ArmActivity } from "../domain/activity.ts";
import type { RecordOutcome } from "../domain/behaviour.ts";
import type { CampaignBudget, FrequencyCap } from "../domain/campaign.ts";
import type { CampaignReport } from "../domain/campaign-report.ts";
import type { Consent } from "../domain/consent.ts";
import type { Cycle } from "../domain/cycle.ts";
import type { Arm } from "../domain/decision.ts";
import type { EdgeType } from "../domain/edge.ts";
import type { InterventionKind, InterventionNote } from "../domain/intervention.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Assignment, PolicySnapshot, PromotionMode } from "../domain/policy-snapshot.ts";
import type { RelatedTo } from "../domain/related.ts";
import type { ArmReward, RecentComparison } from "../domain/reward-series.ts";
import type { ItemRules, ScenarioRules, SeenRule } from "../domain/rules.ts";

export type { ActivityFigures, ArmActivity } from "../domain/activity.ts";
export type { ActivityMeasure } from "../domain/activity-measure.ts";
export type { CampaignBudget, FrequencyCap } from "../domain/campaign.ts";
export type { CampaignReport } from "../domain/campaign-report.ts";
export type { Consent } from "../domain/consent.ts";
export type { EdgeType } from "../domain/edge.ts";
export type { ErasureReceipt } from "../domain/erasure.ts";
export type { InterventionNote } from "../domain/intervention.ts";
export type { Json, JsonObject } from "../domain/json.ts";
export type { PolicyStatus } from "../domain/policy-snapshot.ts";
export type { RelatedKind, RelatedTo } from "../domain/related.ts";
export type {
  AversionRule,
  Boost,
  Cap,
  ItemRules,
  NewcomerRule,
  PinnedItem,
  RepetitionRule,
  ScenarioRules,
  SeenRule,
} from "../domain/rules.ts";

/**
 * The HTTP wire of `/api/v1`, types and routes only. Times are ISO 8601 in UTC. `src/server` holds the schemas that parse
 * it, and a test there holds the two together.
 */
export const routes = {
  recommend: "/api/v1/recommend",
  recommendBatch: "/api/v1/recommend/batch",
  events: "/api/v1/events",
  items: "/api/v1/items",
  users: "/api/v1/users",
  campaigns: "/api/v1/campaigns",
  campaignReport: "/api/v1/campaign-report",
  edges: "/api/v1/edges",
  policies: "/api/v1/policies",
  rollBack: "/api/v1/policies/roll-back",
  interventions: "/api/v1/interventions",
  cycles: "/api/v1/cycles",
  decisions: "/api/v1/decisions",
  rewardSeries: "/api/v1/reward-series",
  activity: "/api/v1/activity",
  scenarios: "/api/v1/scenarios",
  health: "/health",
  ready: "/ready",
  metrics: "/metrics",
  openApi: "/openapi.json",
} as const;

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

/** A decision that counts: `POST /api/v1/decisions/{decisionId}/activate`. */
export interface ActivateResponse {
  readonly decisionId: string;
  /** Time of the activation; of a decision that was not deferred, its own. */
  readonly decidedAt: string;
  /** It closes then. */
  readonly expiresAt: string;
}

/**
 * Something a user did to an item. An `eventId` makes a repetition a duplicate; `value` defaults to
 * 1, `occurredAt` to now.
 */
export interface EventBody {
  readonly eventId?: string;
  readonly type: string;
  readonly userId: string;
  readonly itemId: string;
  readonly value?: number;
  readonly occurredAt?: string;
  /** The decision that this answers. Without it the user's newest open decision that showed the item is taken. */
  readonly decisionId?: string;
  /** It can only take away from the user's consent. */
  readonly consent?: Consent;
}

/** Body of `POST /api/v1/events`: 1 to 1000 events, recorded all or none. */
export interface EventsRequest {
  readonly events: readonly EventBody[];
}

/** An outcome for each event, in their order, and the number of each outcome. */
export interface EventsResponse {
  readonly outcomes: readonly RecordOutcome[];
  readonly counts: Readonly<Record<RecordOutcome, number>>;
  /**
   * A sentence for each event type that trains nothing, such as a misspelt one, at most ten; absent
   * if there is none.
   */
  readonly warnings?: readonly string[];
}

/** An item of the catalogue. A withdrawn one has `available: false`. */
export interface ItemBody {
  readonly itemId: string;
  readonly categories: readonly string[];
  readonly attributes: JsonObject;
  readonly available: boolean;
}

/** Body of a put, which writes the whole item. Absent fields are empty, `available` is true. */
export interface ItemFields {
  readonly categories?: readonly string[];
  readonly attributes?: JsonObject;
  readonly available?: boolean;
}

/** An item to write, with its id. */
export interface ItemInput extends ItemFields {
  readonly itemId: string;
}

/** Body of `POST /api/v1/items`: 1 to 1000 items, written all or none. */
export interface ItemsRequest {
  readonly items: readonly ItemInput[];
}

/** A user's attributes, and the stated flags of consent; absent if there are none. */
export interface UserBody {
  readonly userId: string;
  readonly attributes: JsonObject;
  readonly consent?: Consent;
}

/** Body of a put, which writes the whole user. Absent attributes are empty; absent flags of consent stay as they were. */
export interface UserFields {
  readonly attributes?: JsonObject;
  readonly consent?: Consent;
}

/** A user to write, with the id. */
export interface UserInput extends UserFields {
  readonly userId: string;
}

/** Body of `POST /api/v1/users`: 1 to 1000 users, written all or none. */
export interface UsersRequest {
  readonly users: readonly UserInput[];
}

/**
 * Body of a put, which writes the whole campaign. Items name it in their attribute `campaign`. Money is in one unit of your choice,
 * days are those of UTC.
 */
export interface CampaignFields {
  readonly scenario: string;
  /** The outcome that is paid for: an event type of the scenario's `ads.outcomes`, or `impression`. */
  readonly pays: string;
  /** Price of one outcome: above 0, at most the scenario's `reward.maximum`. */
  readonly bid: number;
  /** Default: without end. Each above 0. */
  readonly budget?: CampaignBudget;
  /** Default: at once. */
  readonly startsAt?: string;
  /** Default: never. */
  readonly endsAt?: string;
  /** A user sees the campaign at most so often within so many hours. */
  readonly frequencyCap?: FrequencyCap;
}

/** A campaign, with its id. */
export interface CampaignBody extends CampaignFields {
  readonly campaignId: string;
}

/** Body of `POST /api/v1/campaigns`: 1 to 1000 campaigns, written all or none. */
export interface CampaignsRequest {
  readonly campaigns: readonly CampaignBody[];
}

/** The scenario and the days that a report of campaigns is about. */
export interface CampaignReportQuery {
  /** Default: the first scenario with ads. */
  readonly scenario?: string;
  /** A time in the first day. Default: today. */
  readonly from?: string;
  /** A time in the last day. Default: today. */
  readonly to?: string;
}

/** Each campaign of a scenario, by id. */
export interface CampaignReportResponse {
  readonly scenario: string;
  readonly campaigns: readonly CampaignReport[];
}

/** A connection of a user. A `friend` holds both ways; a `follow` leads to a user or an author. */
export interface EdgeBody {
  readonly userId: string;
  readonly type: EdgeType;
  /** Id of the friend, or of the user or author who is followed. */
  readonly to: string;
}

/** Body of `POST /api/v1/edges`: 1 to 1000 edges, written all or none. */
export interface EdgesRequest {
  readonly edges: readonly EdgeBody[];
}

/** Number of edges. */
export interface EdgesQuery {
  /** 1…1000, default 100; newest first. */
  readonly limit?: number;
}

/** Edges of a user, newest first. */
export interface EdgesResponse {
  readonly edges: readonly EdgeBody[];
}

/** The place and size of a page, in order of id. */
export interface PageQuery {
  /** `next` of the page before. */
  readonly after?: string;
  /** 1…1000, default 100. */
  readonly limit?: number;
}

/** A page of rows, in order of id. */
export interface PageResponse<T> {
  readonly rows: readonly T[];
  /** Pass it as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

/** Number of created, changed and unchanged rows of a write. */
export interface PutResponse {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** For policies (default scenario: the first of the configuration), cycles and interventions (default: all scenarios). */
export interface ScenarioQuery {
  readonly scenario?: string;
  /** 1…1000, default 100; newest first. Policies that answer now are listed beside the limit. */
  readonly limit?: number;
}

/** A policy snapshot without its bytes; `createdAt` is ISO 8601 in UTC. */
export interface PolicyBody extends Omit<PolicySnapshot, "createdAt"> {
  readonly createdAt: string;
}

/** Body of `POST /api/v1/policies/roll-back`. */
export interface RollBackRequest extends InterventionNote {
  readonly scenario: string;
}

/** Changes the mode: `pause` → paused, `ask` → ask, `resume` → automatic. */
export interface ModeRequest extends InterventionNote {
  readonly scenario: string;
  readonly kind: "pause" | "ask" | "resume";
}

/** About one version: `pin` any network of the scenario; `approve` or `reject` the waiting one. */
export interface VersionRequest extends InterventionNote {
  readonly scenario: string;
  readonly kind: "pin" | "approve" | "reject";
  readonly version: number;
}

/** Body of `POST /api/v1/interventions`. */
export type InterventionRequest = ModeRequest | VersionRequest;

/** An operator's intervention. Never changed. */
export interface InterventionBody extends InterventionNote {
  readonly intervention: number;
  readonly scenario: string;
  readonly kind: InterventionKind;
  readonly madeAt: string;
  /** The policy that it is about: put back, pinned, approved or rejected. */
  readonly version?: number;
  /** The policy that served until then, if another one serves since. */
  readonly replaced?: number;
  /** Name of the API key that asked for it; absent if none was needed. */
  readonly key?: string;
}

/** Interventions, newest first. */
export interface InterventionsResponse {
  readonly interventions: readonly InterventionBody[];
}

/** Who answers now, how promotions come about, and the newest snapshots. */
export interface PoliciesResponse extends Omit<Assignment, "mode" | "anchorSince"> {
  readonly anchorSince?: string;
  readonly scenario: string;
  readonly mode: PromotionMode;
  readonly policies: readonly PolicyBody[];
}

/** A learning cycle with its record; times are ISO 8601 in UTC. */
export interface CycleBody extends Omit<Cycle, "throughSequence" | "startedAt" | "finishedAt"> {
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** Learning cycles, newest first. */
export interface CyclesResponse {
  readonly cycles: readonly CycleBody[];
}

/** The scenario, bucket length and first time of a reward series. */
export interface RewardSeriesQuery {
  /** Default: the first scenario of the configuration. */
  readonly scenario?: string;
  /** 5…31,536,000, default 3600. */
  readonly bucketSeconds?: number;
  /** Decisions from this time on, at most 10,000 buckets back; default 200 buckets back. */
  readonly since?: string;
}

/** Decisions whose reward window has closed, by the time that they were made at and by arm. */
export interface RewardPointBody extends ArmReward {
  readonly from: string;
}

/** Mean rewards by bucket and arm, oldest first. */
export interface RewardSeriesResponse {
  readonly scenario: string;
  readonly bucketSeconds: number;
  readonly points: readonly RewardPointBody[];
  /** Serving against baseline over the newest part of the series that is long enough; absent without points. */
  readonly comparison?: RecentComparison & { readonly from: string };
}

/** The scenario and first time of a view of activity, and the arm that others are set against. */
export interface ActivityQuery {
  /** Default: the first scenario of the configuration. */
  readonly scenario?: string;
  /** Decisions from this time on; default 28 days back. */
  readonly since?: string;
  /** Default: baseline. */
  readonly against?: Arm;
}

/**
 * Sessions a day, returns and length of sessions by arm, with 95 % intervals over users. Decisions of a user less apart than
 * the scenario's `sessionGapSeconds` are a session.
 */
export interface ActivityResponse {
  readonly scenario: string;
  readonly from: string;
  readonly to: string;
  readonly against: Arm;
  readonly arms: readonly ArmActivity[];
}

/**
 * The configured scenarios, the default first. `decisions` counts those made so far; `exploration`
 * is ε in (0, 1].
 */
export interface ScenariosResponse {
  readonly scenarios: readonly {
    readonly name: string;
    readonly slateSize: number;
    readonly excludeSeen: boolean | readonly SeenRule[];
    /** Absent if there are none. */
    readonly rules?: ScenarioRules;
    readonly exploration: number;
    readonly rewardWindowSeconds: number;
    readonly decisions: number;
  }[];
}

/** State of server, loop and learner: `GET /health`. Ages are in seconds. */
export interface HealthResponse {
  /** `degraded`: requests are answered, but `problems` is not empty. */
  readonly status: "ok" | "degraded";
  readonly version: string;
  /** Serving policy version by scenario. */
  readonly policyVersions: Readonly<Record<string, number>>;
  /** How promotions come about, by scenario. */
  readonly promotions: Readonly<Record<string, PoliciesResponse["mode"]>>;
  readonly problems: readonly string[];
  /** State of the record's learners, in any process. */
  readonly learner: {
    /** One has said within the last 5 minutes that it is up. */
    readonly up: boolean;
    /** Since one said so last; absent if none ever has. */
    readonly heartbeatAgeSeconds?: number;
    /** Since the newest cycle ended, in any scenario; absent before the first. */
    readonly lastCycleAgeSeconds?: number;
    /** Closed decisions that no cycle has learnt from, by scenario; at most 10,000 are counted. */
    readonly waitingDecisions: Readonly<Record<string, number>>;
  };
  /** By scenario: policies in use that may have learnt from erased users, until they are replaced. */
  readonly pendingErasures: Readonly<
    Record<
      string,
      {
        /** Since the oldest of these erasures ended. */
        readonly ageSeconds: number;
        readonly erasures: number;
        readonly versions: readonly number[];
      }
    >
  >;
}

/** Sent with status 200; a server that is not ready answers with 503 and an error. */
export interface ReadyResponse {
  readonly status: "ready";
}

/**
 * A failure as problem details (RFC 9457, `application/problem+json`), and under `error` its code of docs/errors.md, message,
 * details and the id of the request.
 */
export interface ErrorBody {
  /** URL of the code's explanation. */
  readonly type: string;
  /** The code in words. */
  readonly title: string;
  /** Of the HTTP answer. */
  readonly status: number;
  /** The message. */
  readonly detail: string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: JsonObject;
    readonly requestId: string;
  };
}
