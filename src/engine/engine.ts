import type { ItemInput, UserInput } from "../contract/api.ts";
import type { ArmActivity } from "../domain/activity.ts";
import type { HistoryEntry, RecordOutcome } from "../domain/behaviour.ts";
import type { Campaign } from "../domain/campaign.ts";
import type { CampaignReport } from "../domain/campaign-report.ts";
import type { Item, Revision, User } from "../domain/catalogue.ts";
import type { Cycle } from "../domain/cycle.ts";
import type { CycleOutcome } from "../domain/cycle-outcome.ts";
import type { Arm, Decision, Feedback } from "../domain/decision.ts";
import type { Edge } from "../domain/edge.ts";
import type { ErasureReceipt } from "../domain/erasure.ts";
import type { Explanation } from "../domain/explanation.ts";
import type { CampaignId, ItemId, UserId } from "../domain/ids.ts";
import type { Intervention, InterventionNote } from "../domain/intervention.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Assignment, PolicySnapshot, PromotionMode } from "../domain/policy-snapshot.ts";
import type { ArmReward, RecentComparison } from "../domain/reward-series.ts";
import type { Scenario } from "../domain/scenario.ts";
import type { DecisionPage } from "../storage/decision-store.ts";
import type { Page, PutSummary } from "../storage/revision-store.ts";
import type {
  ActivityInput,
  CampaignInput,
  CampaignReportInput,
  DecisionsInput,
  EdgeInput,
  EdgesInput,
  EventInput,
  InterventionInput,
  PageInput,
  RecommendBatchInput,
  RecommendInput,
  RewardSeriesInput,
  ScenarioPageInput,
} from "./input/input.ts";

/** A logged decision, and the reason if a fallback made it. */
export interface Recommendation {
  readonly decision: Decision;
  /** Reason why another policy than the serving one answered; else absent. */
  readonly fallback?: string;
  /** The request's `idempotencyKey` had led to the decision before; else absent. */
  readonly isRepeated?: true;
  /** The decision counts only from its activation on; else absent. */
  readonly isDeferred?: true;
}

/** An outcome for each event, in their order, and the number of each outcome. */
export interface RecordSummary {
  readonly outcomes: readonly RecordOutcome[];
  readonly counts: Readonly<Record<RecordOutcome, number>>;
  /**
   * A sentence for each event type that no scenario's reward weighs, at most ten; absent if there
   * is none.
   */
  readonly warnings?: readonly string[];
}

/** A decision with its rewards so far, and the user's profile at its moment. */
export interface DecisionView {
  readonly feedback: Feedback;
  readonly profile: { readonly attributes: JsonObject; readonly history: readonly HistoryEntry[] };
}

/** Mean reward of one arm in one bucket, in reward units a decision. */
export interface RewardPoint extends ArmReward {
  /** Milliseconds since 1970. */
  readonly bucketStart: number;
}

/** Mean rewards by bucket and arm. */
export interface RewardSeries {
  /** Oldest first. */
  readonly points: readonly RewardPoint[];
  /** Serving against baseline over the newest part of the series that is long enough; absent without points. */
  readonly comparison?: RecentComparison & {
    /** Milliseconds since 1970. */
    readonly from: number;
  };
}

/** Sessions and returns of users by arm, between two times in milliseconds since 1970. */
export interface Activity {
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
  /** Arm that the others are set against. */
  readonly against: Arm;
  readonly arms: readonly ArmActivity[];
}

/** State of the record's learners, in any process. */
export interface LearnerHealth {
  /** One has said within the last 5 minutes that it is up. */
  readonly up: boolean;
  /** Since one said so last; absent if none ever has. */
  readonly heartbeatAgeSeconds?: number;
  /** Since the newest cycle ended, in any scenario; absent before the first. */
  readonly lastCycleAgeSeconds?: number;
  /** Closed decisions that no cycle has learnt from, by scenario; at most 10,000 are counted. */
  readonly waitingDecisions: Readonly<Record<string, number>>;
}

/** Totals of the loop, for metrics. */
export interface LoopFigures {
  readonly cycles: readonly {
    readonly scenario: string;
    readonly outcome: CycleOutcome;
    readonly cycles: number;
    /** Since the newest of them ended. */
    readonly ageSeconds: number;
  }[];
  readonly rolledBack: readonly { readonly scenario: string; readonly policies: number }[];
  /** Mean reward of the newest 1,000 decisions whose reward window has closed. */
  readonly rewards: readonly {
    readonly scenario: string;
    readonly arm: Arm;
    readonly meanReward: number;
  }[];
  readonly databaseSizeBytes: number;
}

/** Policies in use that may have learnt from erased users, until the learner replaces them. */
export interface PendingErasure {
  /** Since the oldest of these erasures ended. */
  readonly ageSeconds: number;
  readonly erasures: number;
  readonly versions: readonly number[];
}

/** Versions, modes, problems and learner of the loop. No problems: the loop is well. */
export interface Health {
  /** Serving policy version by scenario. */
  readonly policyVersions: Readonly<Record<string, number>>;
  /** How promotions come about, by scenario. */
  readonly promotions: Readonly<Record<string, PromotionMode>>;
  readonly problems: readonly string[];
  readonly learner: LearnerHealth;
  /** By scenario; none where no policy has to be replaced. */
  readonly pendingErasures: Readonly<Record<string, PendingErasure>>;
}

/**
 * The serving half of the loop. The learning half is `learn`, in a separate process.
 *
 * Every method refuses the same input as the HTTP edge, with `invalid_request` or
 * `payload_too_large`, before anything changes. Limits: names of 1 to 256 characters, 1 to 1000
 * rows a call, JSON of at most 32 levels, 100,000 values and a mebibyte of text.
 */
export interface Engine {
  /** The configured scenarios; a request that names none gets the first. */
  readonly scenarios: readonly Scenario[];
  /**
   * Draws a slate for a user, and resolves when the decision is durable with its propensities.
   * @throws unknown_scenario, unknown_item, no_candidates, invalid_request
   */
  recommend(input: RecommendInput): Promise<Recommendation>;
  /**
   * Decides up to 100 requests together: all are durable or none, in their order. If a scenario has ads they are decided in turn, and
   * those before one that can't be answered stay. `distinct` leaves the items of a user's slates out
   * of the same user's later ones, for the places of one page.
   * @throws as `recommend`, with the place of the request
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems(["tea", "mug", "pot"].map((itemId) => ({ itemId })));
   * const requests = [{ userId: "ada", slateSize: 1 }, { userId: "ada", slateSize: 2 }];
   * const [top, below] = await recurve.recommendBatch({ requests, distinct: true });
   * console.log(top.decision.slate.length + below.decision.slate.length); // 3
   * await recurve.close();
   */
  recommendBatch(input: RecommendBatchInput): Promise<readonly Recommendation[]>;
  /**
   * Says that a deferred decision is shown: it is decided from now on, and its reward window begins.
   * The events that it has got by then count. One that is decided already stays as it is.
   * @throws not_found if there is none, or it has expired; conflict if its ads are not sold any more
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems([{ itemId: "tea" }]);
   * const { decision } = await recurve.recommend({ userId: "ada", deferred: true });
   * console.log(await recurve.countDecisions()); // 0
   * await recurve.activateDecision(decision.decisionId);
   * console.log(await recurve.countDecisions()); // 1
   * await recurve.close();
   */
  activateDecision(decisionId: string): Promise<Decision>;
  /**
   * Records events, all or none, at most 1000. Outcomes are in the order of the events.
   * @throws unknown_decision, invalid_request
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems([{ itemId: "tea" }]);
   * const { decision } = await recurve.recommend({ userId: "ada" });
   * const { decisionId, slate } = decision;
   * const click = { type: "click", userId: "ada", itemId: slate[0], decisionId };
   * console.log((await recurve.record([click])).outcomes); // [ 'rewarded' ]
   * await recurve.close();
   */
  record(events: readonly EventInput[]): Promise<RecordSummary>;

  /**
   * Writes whole items, all or none, at most 1000.
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * const items = [{ itemId: "tea", categories: ["drink"] }, { itemId: "pot" }];
   * console.log(await recurve.putItems(items)); // { created: 2, updated: 0, unchanged: 0 }
   * await recurve.close();
   */
  putItems(items: readonly ItemInput[]): Promise<PutSummary>;
  /** The item as it is now; undefined if it does not exist. */
  findItem(itemId: string): Promise<Revision<Item> | undefined>;
  /** Ends an item; earlier decisions keep it. False if it did not exist. */
  deleteItem(itemId: string): Promise<boolean>;
  /** A page of items in order of id, by default 100. */
  listItems(page?: PageInput): Promise<Page<Item, ItemId>>;
  /** Writes whole users, all or none, at most 1000. */
  putUsers(users: readonly UserInput[]): Promise<PutSummary>;
  /** The user as written last; undefined if never written. */
  findUser(userId: string): Promise<Revision<User> | undefined>;
  /**
   * Erases a user: all rows, and all that was derived from them and has a name, see docs/guides/privacy.md. Policies
   * that may have learnt from the user begin to be replaced within `privacy.relearnDays`.
   * @param key name of the API key that asks for it, for the trail
   * @returns a signed receipt, of zero rows if nothing was stored
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putUsers([{ userId: "ada", attributes: { country: "SE" } }]);
   * const receipt = await recurve.deleteUser("ada");
   * console.log(receipt.rows.users, await recurve.findUser("ada")); // 1 undefined
   * await recurve.close();
   */
  deleteUser(userId: string, key?: string): Promise<ErasureReceipt>;
  /** A page of users in order of id, by default 100. */
  listUsers(page?: PageInput): Promise<Page<User, UserId>>;
  /**
   * Writes whole campaigns, all or none, at most 1000. A new bid or budget holds from the next
   * decision on.
   * @throws invalid_request if one doesn't fit its scenario, conflict if one had another scenario
   */
  putCampaigns(campaigns: readonly CampaignInput[]): Promise<PutSummary>;
  /** A campaign as it was last written; undefined if there is none. */
  findCampaign(campaignId: string): Promise<Revision<Campaign> | undefined>;
  /** Ends a campaign; its charges stay. False if there is none. */
  deleteCampaign(campaignId: string): Promise<boolean>;
  /** A page of campaigns in order of id, by default 100. */
  listCampaigns(page?: PageInput): Promise<Page<Campaign, CampaignId>>;
  /**
   * Impressions, spend, outcomes, pacing, win rate and cost of exploration of each campaign of a
   * scenario, over whole days of UTC. Default: the first scenario with ads, today.
   * @throws unknown_scenario
   */
  reportCampaigns(span?: CampaignReportInput): Promise<readonly CampaignReport[]>;

  /**
   * Connects users with friends, users and authors; all or none, at most
   * 1000. An edge that holds already is unchanged.
   * @throws unknown_user if a user, or a friend, was never written and has no event
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putUsers([{ userId: "ada" }, { userId: "bob" }]);
   * await recurve.putEdges([{ userId: "ada", type: "friend", to: "bob" }]);
   * console.log((await recurve.listEdges("bob"))[0].to); // ada
   * await recurve.close();
   */
  putEdges(edges: readonly EdgeInput[]): Promise<PutSummary>;
  /** Ends an edge, of friends both ways; earlier decisions keep it. False if it did not hold. */
  deleteEdge(edge: EdgeInput): Promise<boolean>;
  /** Edges of a user, newest first, by default 100. */
  listEdges(userId: string, options?: EdgesInput): Promise<readonly Revision<Edge>[]>;

  /**
   * The assignment of a scenario, its newest `limit` policies, and older ones that answer now;
   * newest first. Default: the first scenario.
   * @throws unknown_scenario
   */
  policies(
    options?: ScenarioPageInput,
  ): Promise<{ readonly assignment: Assignment; readonly policies: readonly PolicySnapshot[] }>;
  /**
   * Puts the parent of the scenario's serving policy back, and records who did it and why.
   * @param key name of the API key that asked, if there was one
   * @throws conflict if there is none or the policy is pinned, unknown_scenario, invalid_request
   */
  rollBack(scenario: string, note?: InterventionNote, key?: string): Promise<PolicySnapshot>;
  /**
   * Pauses promotions, has them ask first or resumes them; pins a version; approves or rejects the
   * waiting one. See docs/guides/operating.md.
   *
   * @param key name of the API key that asked, if there was one
   * @throws conflict, not_found, corrupt_snapshot, unknown_scenario, invalid_request
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.intervene({ scenario: "items", kind: "pause", reason: "sale week" });
   * console.log((await recurve.health()).promotions.items); // paused
   * await recurve.close();
   */
  intervene(input: InterventionInput, key?: string): Promise<Intervention>;
  /** Interventions, newest first. @throws unknown_scenario */
  interventions(options?: ScenarioPageInput): Promise<readonly Intervention[]>;
  /** Learning cycles, newest first. Default: of all scenarios. @throws unknown_scenario */
  cycles(options?: ScenarioPageInput): Promise<readonly Cycle[]>;
  /** A learning cycle by its number; undefined if there is none. */
  findCycle(cycle: number): Promise<Cycle | undefined>;
  /** A decision by its id; undefined if there is none. */
  findDecision(decisionId: string): Promise<DecisionView | undefined>;
  /**
   * Decisions of a scenario, newest first, by default 100: of one user, with an item in the slate, from one time until before another. A
   * page of an item looks at 1,000 decisions, so it can have fewer rows, or none, and a `next`.
   * @throws unknown_scenario, invalid_request if `after` is no decision
   */
  listDecisions(query?: DecisionsInput): Promise<DecisionPage>;
  /**
   * Why a decision showed its items: terms of the scores, chance, rules, and the past events that
   * moved the slate, from the record as of its moment. See docs/guides/explanations.md.
   *
   * @throws not_found if there is no such decision, or its policy or encoder is gone; audit_failed if
   * it can't be derived again as it was logged; unknown_scenario, corrupt_snapshot, overloaded
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putItems([{ itemId: "tea" }]);
   * const { decision } = await recurve.recommend({ userId: "ada" });
   * const { slate } = await recurve.explainDecision(decision.decisionId);
   * console.log(slate[0].itemId, slate[0].propensity); // tea 1
   * await recurve.close();
   */
  explainDecision(decisionId: string): Promise<Explanation>;
  /** Number of decisions of a scenario. Default: of the first one. @throws unknown_scenario */
  countDecisions(scenario?: string): Promise<number>;
  /**
   * Mean rewards over time of decisions whose reward window has closed.
   * @throws unknown_scenario
   */
  rewardSeries(options?: RewardSeriesInput): Promise<RewardSeries>;
  /**
   * Sessions a day, returns within a day and a week, and length of sessions by arm, with intervals:
   * outcomes beside the reward. Default: the last 28 days, against the baseline.
   * @throws unknown_scenario
   */
  activity(options?: ActivityInput): Promise<Activity>;
  /** State of the loop: serving versions, modes, problems and learner. */
  health(): Promise<Health>;
  /** Totals of the loop, for metrics. */
  figures(): Promise<LoopFigures>;
  /**
   * Resolves when the fast loops have learnt from all closed decisions; a turn-by-turn simulation
   * waits for it.
   */
  idle(): Promise<void>;
  /** Ends the fast loops and releases the policies' memory. The store stays open. */
  close(): Promise<void>;
}
