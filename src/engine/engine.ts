import type { ItemInput, UserInput } from "../contract/api.ts";
import type { HistoryEntry, RecordOutcome } from "../domain/behaviour.ts";
import type { Item, Revision, User } from "../domain/catalogue.ts";
import type { Cycle } from "../domain/cycle.ts";
import type { CycleOutcome } from "../domain/cycle-outcome.ts";
import type { Arm, Decision, Feedback } from "../domain/decision.ts";
import type { ItemId, UserId } from "../domain/ids.ts";
import type { Intervention, InterventionNote } from "../domain/intervention.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Assignment, PolicySnapshot, PromotionMode } from "../domain/policy-snapshot.ts";
import type { ArmReward, RecentComparison } from "../domain/reward-series.ts";
import type { Scenario } from "../domain/scenario.ts";
import type { Page, PutSummary } from "../storage/store.ts";
import type {
  EventInput,
  InterventionInput,
  PageInput,
  RecommendInput,
  RewardSeriesInput,
  ScenarioPageInput,
} from "./input/input.ts";

export interface Recommendation {
  readonly decision: Decision;
  /** Reason why another policy than the serving one answered; else absent. */
  readonly fallback?: string;
}

export interface RecordSummary {
  readonly outcomes: readonly RecordOutcome[];
  readonly counts: Readonly<Record<RecordOutcome, number>>;
  /**
   * A sentence for each event type that no scenario's reward weighs, at most ten; absent if there
   * is none.
   */
  readonly warnings?: readonly string[];
}

export interface DecisionView {
  readonly feedback: Feedback;
  readonly profile: { readonly attributes: JsonObject; readonly history: readonly HistoryEntry[] };
}

export interface RewardPoint extends ArmReward {
  /** Milliseconds since 1970. */
  readonly bucketStart: number;
}

export interface RewardSeries {
  /** Oldest first. */
  readonly points: readonly RewardPoint[];
  /** Serving against baseline over the newest part of the series that is long enough; absent without points. */
  readonly comparison?: RecentComparison & {
    /** Milliseconds since 1970. */
    readonly from: number;
  };
}

/** Of the learners of the record, whichever process they are. */
export interface LearnerHealth {
  /** One has said within the last 5 minutes that it is up. */
  readonly up: boolean;
  /** Since one said so last; absent if none ever has. */
  readonly heartbeatAgeSeconds?: number;
  /** Since the newest cycle ended, in any scenario; absent before the first. */
  readonly lastCycleAgeSeconds?: number;
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

export interface Health {
  /** Serving policy version by scenario. */
  readonly policyVersions: Readonly<Record<string, number>>;
  /** How promotions come about, by scenario. */
  readonly promotions: Readonly<Record<string, PromotionMode>>;
  readonly problems: readonly string[];
  readonly learner: LearnerHealth;
}

/**
 * The serving half of the loop. The learning half is `learn.ts`, in a process of its own.
 *
 * Every method refuses input that the HTTP edge would refuse, with `invalid_request` or `payload_too_large`, before anything
 * changes: names of 1 to 256 characters, 1 to 1000 rows a call, JSON of at most 32 levels, 100,000 values and a mebibyte of text.
 */
export interface Engine {
  readonly scenarios: readonly Scenario[];
  /** @throws unknown_scenario, unknown_item, no_candidates, invalid_request */
  recommend(input: RecommendInput): Promise<Recommendation>;
  /** All events or none, at most 1000. @throws unknown_decision, invalid_request */
  record(events: readonly EventInput[]): Promise<RecordSummary>;

  /**
   * Writes whole items, all or none, at most 1000.
   * @example await engine.putItems([{ itemId: "sku-1", categories: ["shoes"] }, { itemId: "sku-2" }]);
   */
  putItems(items: readonly ItemInput[]): Promise<PutSummary>;
  findItem(itemId: string): Promise<Revision<Item> | undefined>;
  deleteItem(itemId: string): Promise<boolean>;
  listItems(page?: PageInput): Promise<Page<Item, ItemId>>;
  /** Writes whole users, all or none, at most 1000. */
  putUsers(users: readonly UserInput[]): Promise<PutSummary>;
  findUser(userId: string): Promise<Revision<User> | undefined>;
  deleteUser(userId: string): Promise<boolean>;
  listUsers(page?: PageInput): Promise<Page<User, UserId>>;

  /**
   * The newest `limit`, and those that answer now if they are older; newest first. Default: the
   * first scenario.
   * @throws unknown_scenario
   */
  policies(
    options?: ScenarioPageInput,
  ): Promise<{ readonly assignment: Assignment; readonly policies: readonly PolicySnapshot[] }>;
  /**
   * Puts the parent of the scenario's serving policy back, and records who did it and why.
   * @throws conflict if there is none or the policy is pinned, unknown_scenario, invalid_request
   */
  rollBack(scenario: string, note?: InterventionNote): Promise<PolicySnapshot>;
  /**
   * Pauses promotions, has them ask first or resumes them; pins a version; approves or rejects the
   * waiting one. See docs/guides/operating.md.
   *
   * @throws conflict, not_found, corrupt_snapshot, unknown_scenario, invalid_request
   * @example await engine.intervene({ scenario: "items", kind: "pin", version: 7, reason: "sale
   * week" });
   */
  intervene(input: InterventionInput): Promise<Intervention>;
  /** Interventions, newest first. @throws unknown_scenario */
  interventions(options?: ScenarioPageInput): Promise<readonly Intervention[]>;
  /** Default: of all scenarios. @throws unknown_scenario */
  cycles(options?: ScenarioPageInput): Promise<readonly Cycle[]>;
  findCycle(cycle: number): Promise<Cycle | undefined>;
  findDecision(decisionId: string): Promise<DecisionView | undefined>;
  /** Default: of the first scenario. @throws unknown_scenario */
  countDecisions(scenario?: string): Promise<number>;
  /** Of decisions whose reward window has closed, as they are learnt from. @throws unknown_scenario */
  rewardSeries(options?: RewardSeriesInput): Promise<RewardSeries>;
  health(): Promise<Health>;
  figures(): Promise<LoopFigures>;
  /**
   * Resolves when the fast loops have learnt from all closed decisions; a turn-by-turn simulation
   * waits for it.
   */
  idle(): Promise<void>;
  close(): Promise<void>;
}
