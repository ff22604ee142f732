import type { ActivityQuery, ActivityResponse } from "../contract/activity.ts";
import type {
  CampaignBody,
  CampaignReportQuery,
  CampaignReportResponse,
} from "../contract/campaigns.ts";
import type { CycleBody, CyclesResponse } from "../contract/cycles.ts";
import type {
  ActivateResponse,
  DecisionBody,
  DecisionSummary,
  DecisionsQuery,
} from "../contract/decision.ts";
import type { EdgeBody, EdgesQuery, EdgesResponse } from "../contract/edges.ts";
import type { EventBody, EventsResponse } from "../contract/events.ts";
import type { ExplanationBody } from "../contract/explanation.ts";
import type { HealthResponse, ReadyResponse } from "../contract/health.ts";
import type {
  InterventionBody,
  InterventionRequest,
  InterventionsResponse,
  RollBackRequest,
} from "../contract/interventions.ts";
import type { ItemBody, ItemInput } from "../contract/items.ts";
import type { PageQuery, PageResponse, ScenarioQuery } from "../contract/page.ts";
import type { PoliciesResponse, PolicyBody } from "../contract/policies.ts";
import type { PutResponse } from "../contract/put-response.ts";
import type {
  RecommendBatchRequest,
  RecommendBatchResponse,
  RecommendRequest,
  RecommendResponse,
} from "../contract/recommend.ts";
import type { RewardSeriesQuery, RewardSeriesResponse } from "../contract/reward-series.ts";
import { routes } from "../contract/routes.ts";
import type { ScenariosResponse } from "../contract/scenarios.ts";
import type { ErasureReceipt, UserBody, UserInput } from "../contract/users.ts";
import { checkBaseUrl, checkHost } from "./base-url.ts";
import { at } from "./path.ts";
import { type Call, createTransport, type Fetch, refuse, type Transport } from "./transport.ts";

// This file is the package's entry: all names for callers are exported here.
export type * from "../contract/activity.ts";
export { batchesOf } from "../contract/batches.ts";
export type * from "../contract/campaigns.ts";
export type * from "../contract/cycles.ts";
export type * from "../contract/decision.ts";
export type * from "../contract/edges.ts";
export type * from "../contract/error-body.ts";
export type * from "../contract/events.ts";
export type * from "../contract/explanation.ts";
export type * from "../contract/health.ts";
export type * from "../contract/interventions.ts";
export type * from "../contract/items.ts";
export type * from "../contract/json.ts";
export type * from "../contract/page.ts";
export type * from "../contract/policies.ts";
export type * from "../contract/put-response.ts";
export type * from "../contract/recommend.ts";
export type * from "../contract/reward-series.ts";
export type * from "../contract/routes.ts";
export type * from "../contract/scenarios.ts";
export type * from "../contract/users.ts";
export { ApiError, type Fetch } from "./transport.ts";

/** Options of `createClient`; only `baseUrl` is required. */
export interface ClientOptions {
  /**
   * URL of the server, e.g. `http://127.0.0.1:7400`. In a page also a path of its site, and empty if
   * the server itself sent the page.
   */
  readonly baseUrl: string;
  /** API key, if the server needs one: `rk_…` of `recurve keys create`. */
  readonly apiKey?: string;
  /** Function that sends requests. Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Longest time of a request, answer included, in whole milliseconds: above 0. Default 10,000. */
  readonly timeoutMs?: number;
}

/** Every method sends its request once and rejects with `ApiError`. */
export interface RecurveClient {
  /** Draws a slate for a user; the decision and its propensities are durable then. */
  recommend(request: RecommendRequest): Promise<RecommendResponse>;
  /** Draws up to 100 slates together: all decisions are durable then, or none is made. With ads they are drawn in turn. */
  recommendBatch(request: RecommendBatchRequest): Promise<RecommendBatchResponse>;
  /**
   * Says that a deferred decision is shown: it counts from now on. Rejects with `not_found` after its
   * `expiresAt`, with `conflict` if its ads are not sold any more.
   */
  activateDecision(decisionId: string): Promise<ActivateResponse>;
  /** Records events, all or none, at most 1000 and 1 MiB; see `batchesOf`. */
  sendEvents(events: readonly EventBody[]): Promise<EventsResponse>;

  /** Replaces the whole item. */
  putItem(item: ItemInput): Promise<PutResponse>;
  /** Replaces whole items, all or none, at most 1000 and 1 MiB; see `batchesOf`. */
  putItems(items: readonly ItemInput[]): Promise<PutResponse>;
  /** An item of the catalogue. Rejects with the code `not_found` if there is none. */
  getItem(itemId: string): Promise<ItemBody>;
  /** A page of items in order of id, by default 100. */
  listItems(query?: PageQuery): Promise<PageResponse<ItemBody>>;
  /** Ends an item; earlier decisions keep it. */
  deleteItem(itemId: string): Promise<void>;

  /** Replaces the whole user. */
  putUser(user: UserInput): Promise<PutResponse>;
  /** Replaces whole users, all or none, at most 1000 and 1 MiB. */
  putUsers(users: readonly UserInput[]): Promise<PutResponse>;
  /** A user as written last. Rejects with the code `not_found` if there is none. */
  getUser(userId: string): Promise<UserBody>;
  /** A page of users in order of id, by default 100. */
  listUsers(query?: PageQuery): Promise<PageResponse<UserBody>>;
  /** Erases a user. Keep the receipt; the server adds it to the file beside its database, too. */
  deleteUser(userId: string): Promise<ErasureReceipt>;

  /** Replaces the whole campaign. */
  putCampaign(campaign: CampaignBody): Promise<PutResponse>;
  /** Replaces whole campaigns, all or none, at most 1000 and 1 MiB. */
  putCampaigns(campaigns: readonly CampaignBody[]): Promise<PutResponse>;
  /** A campaign as written last. Rejects with the code `not_found` if there is none. */
  getCampaign(campaignId: string): Promise<CampaignBody>;
  /** A page of campaigns in order of id, by default 100. */
  listCampaigns(query?: PageQuery): Promise<PageResponse<CampaignBody>>;
  /** Ends a campaign; its charges stay. */
  deleteCampaign(campaignId: string): Promise<void>;
  /** Impressions, spend, pacing and win rate of each campaign of a scenario, by default today. */
  getCampaignReport(query?: CampaignReportQuery): Promise<CampaignReportResponse>;
  /** Connects users with friends, users and authors; all or none, at most 1000 and 1 MiB. */
  putEdges(edges: readonly EdgeBody[]): Promise<PutResponse>;
  /** Edges of a user, newest first, by default 100. */
  listEdges(userId: string, query?: EdgesQuery): Promise<EdgesResponse>;
  /** Ends an edge, of friends both ways; earlier decisions keep it. */
  deleteEdge(edge: EdgeBody): Promise<void>;

  /** The assignment of a scenario, and its newest policies. */
  listPolicies(query?: ScenarioQuery): Promise<PoliciesResponse>;
  /** Puts the parent of the scenario's serving policy back and returns it. With `serving` a retry goes back once. */
  rollBack(scenario: string, input?: Omit<RollBackRequest, "scenario">): Promise<PolicyBody>;
  /**
   * Pauses promotions, has them ask first or resumes them; pins a version; approves or rejects the
   * waiting one.
   */
  intervene(request: InterventionRequest): Promise<InterventionBody>;
  /** Interventions of operators, roll-backs included. */
  listInterventions(query?: ScenarioQuery): Promise<InterventionsResponse>;
  /** Learning cycles with their records, newest first. */
  listCycles(query?: ScenarioQuery): Promise<CyclesResponse>;
  /** A learning cycle. Rejects with the code `not_found` if there is none. */
  getCycle(cycle: number): Promise<CycleBody>;
  /** Decisions, newest first: of a user, with an item in the slate, of a span of time. */
  listDecisions(query?: DecisionsQuery): Promise<PageResponse<DecisionSummary>>;
  /** A decision as it was made, with the reward so far. */
  getDecision(decisionId: string): Promise<DecisionBody>;
  /** Why a decision showed its items, as of its moment. It takes up to some seconds: mind `timeoutMs`. */
  explainDecision(decisionId: string): Promise<ExplanationBody>;
  /** Mean rewards over time by arm, and serving policy against baseline. */
  getRewardSeries(query?: RewardSeriesQuery): Promise<RewardSeriesResponse>;
  /** Sessions a day, returns and length of sessions by arm, with intervals. */
  getActivity(query?: ActivityQuery): Promise<ActivityResponse>;
  /** The configured scenarios, the default first. */
  listScenarios(): Promise<ScenariosResponse>;
  /** State of server, loop and learner. */
  getHealth(): Promise<HealthResponse>;
  /** Rejects with the code `not_ready` while the server starts or stops. */
  getReady(): Promise<ReadyResponse>;
}

/** The server's answers are trusted to have the contract's types: both come from one commit. */
function createVerbs(send: Transport) {
  return {
    get: async <T>(path: Call["path"], query: object = {}) =>
      (await send({ method: "GET", path, query: { ...query } })) as T,
    post: async <T>(path: Call["path"], body?: unknown) =>
      (await send({ method: "POST", path, body })) as T,
    /** Writes fields at their id. */
    putOne: async <T>(route: string, name: string, given: object) => {
      const { [name]: id, ...body } = (given ?? {}) as Readonly<Record<string, unknown>>;
      return (await send({ method: "PUT", path: at(route, { [name]: id }), body })) as T;
    },
    remove: async <T = void>(path: Call["path"]) => (await send({ method: "DELETE", path })) as T,
  };
}

/** Longest time of a timer. */
const longestTimeoutMs = 2 ** 31 - 1;

/** Callers without types give anything. */
function checkOptions(options: Partial<Record<keyof ClientOptions, unknown>> | undefined): void {
  if (typeof options !== "object" || options === null) {
    throw refuse("options", options, "send an object with baseUrl");
  }
  const { fetch: own, timeoutMs = 1, apiKey = "rk_" } = options;
  // A secret, and no value for a message.
  const isKey = typeof apiKey === "string" && /^[\x21-\x7e]+$/.test(apiKey);
  if (!isKey) throw refuse("apiKey", "unfit", "send the text that recurve keys create printed");
  if (own !== undefined && typeof own !== "function") throw refuse("fetch", own, "send a function");
  // Node.js takes no part of a millisecond.
  const isWhole = typeof timeoutMs === "number" && Number.isInteger(timeoutMs);
  const isTime = isWhole && timeoutMs > 0 && timeoutMs <= longestTimeoutMs;
  const remedy = `send a whole number of milliseconds up to ${longestTimeoutMs}`;
  if (!isTime) throw refuse("timeoutMs", timeoutMs, remedy);
}

/** @throws ApiError invalid_base_url */
function createSender({ fetch: own, timeoutMs = 10_000, ...options }: ClientOptions): Transport {
  const baseUrl = checkBaseUrl(options.baseUrl);
  const send = createTransport({
    baseUrl,
    // Browsers refuse a `fetch` that is called as a method of something else.
    fetch: own ?? ((url, init) => fetch(url, init)),
    timeoutMs,
    ...(options.apiKey !== undefined && { apiKey: options.apiKey }),
  });
  return async (call) => {
    checkHost(baseUrl, own !== undefined);
    return send(call);
  };
}

/**
 * A client of `/api/v1` for browsers and Node.js, without dependencies.
 *
 * @throws ApiError `invalid_base_url` if `baseUrl` is neither a URL nor a path, `invalid_request`
 * for another option
 *
 * @example
 * import { createRecurve } from "recurve";
 * import { createClient } from "recurve/sdk";
 *
 * // In an application: createClient({ baseUrl: "http://127.0.0.1:7400" })
 * const server = await createRecurve({ database: ":memory:", learner: false });
 * const recurve = createClient({
 *   baseUrl: "http://127.0.0.1:7400",
 *   fetch: async (url, init) => server.fetch(new Request(url, init)),
 * });
 *
 * await recurve.putItems([{ itemId: "tea" }, { itemId: "pot" }]);
 * const { slate, decisionId } = await recurve.recommend({ userId: "ada", slateSize: 1 });
 * const click = { type: "click", userId: "ada", itemId: slate[0].itemId, decisionId };
 * console.log((await recurve.sendEvents([click])).outcomes); // [ 'rewarded' ]
 * await server.close();
 */
export function createClient(options: ClientOptions): RecurveClient {
  checkOptions(options);
  const { get, post, putOne, remove } = createVerbs(createSender(options));
  return {
    recommend: (request) => post(routes.recommend, request),
    recommendBatch: (request) => post(routes.recommendBatch, request),
    activateDecision: (decisionId) => post(at(routes.decisions, { decisionId }, "/activate")),
    sendEvents: (events) => post(routes.events, { events }),

    putItem: (item) => putOne(routes.items, "itemId", item),
    putItems: (items) => post(routes.items, { items }),
    getItem: (itemId) => get(at(routes.items, { itemId })),
    listItems: (query) => get(routes.items, query),
    deleteItem: (itemId) => remove(at(routes.items, { itemId })),

    putUser: (user) => putOne(routes.users, "userId", user),
    putUsers: (users) => post(routes.users, { users }),
    getUser: (userId) => get(at(routes.users, { userId })),
    listUsers: (query) => get(routes.users, query),
    deleteUser: (userId) => remove(at(routes.users, { userId })),

    putCampaign: (campaign) => putOne(routes.campaigns, "campaignId", campaign),
    putCampaigns: (campaigns) => post(routes.campaigns, { campaigns }),
    getCampaign: (campaignId) => get(at(routes.campaigns, { campaignId })),
    listCampaigns: (query) => get(routes.campaigns, query),
    deleteCampaign: (campaignId) => remove(at(routes.campaigns, { campaignId })),
    getCampaignReport: (query) => get(routes.campaignReport, query),
    putEdges: (edges) => post(routes.edges, { edges }),
    listEdges: (userId, query) => get(at(routes.edges, { userId }), query),
    deleteEdge: (edge) => {
      const { userId, type, to }: Partial<EdgeBody> = edge ?? {};
      return remove(at(routes.edges, { userId, type, to }));
    },

    listPolicies: (query) => get(routes.policies, query),
    rollBack: (scenario, input) => post(routes.rollBack, { scenario, ...input }),
    intervene: (request) => post(routes.interventions, request),
    listInterventions: (query) => get(routes.interventions, query),
    listCycles: (query) => get(routes.cycles, query),
    getCycle: (cycle) => get(at(routes.cycles, { cycle: String(cycle) })),
    listDecisions: (query) => get(routes.decisions, query),
    getDecision: (decisionId) => get(at(routes.decisions, { decisionId })),
    explainDecision: (decisionId) => get(at(routes.decisions, { decisionId }, "/explanation")),
    getRewardSeries: (query) => get(routes.rewardSeries, query),
    getActivity: (query) => get(routes.activity, query),
    listScenarios: () => get(routes.scenarios),
    getHealth: () => get(routes.health),
    getReady: () => get(routes.ready),
  };
}
