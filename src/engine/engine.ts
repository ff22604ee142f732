import type { BehaviourEvent, HistoryEntry, RecordOutcome } from "../domain/behaviour.ts";
import type { Item, Revision, User } from "../domain/catalogue.ts";
import type { Cycle, CycleOutcome } from "../domain/cycle.ts";
import type { Arm, Candidate, Decision, Feedback } from "../domain/decision.ts";
import type { DecisionId, ItemId, UserId } from "../domain/ids.ts";
import type { Intervention, InterventionNote } from "../domain/intervention.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Assignment, PolicySnapshot, PromotionMode } from "../domain/policy-snapshot.ts";
import type { Scenario } from "../domain/scenario.ts";
import type { Page, PutSummary } from "../storage/store.ts";
import type { InterventionInput } from "./interventions/parse-input.ts";

export interface RecommendInput {
  readonly userId: UserId;
  readonly scenario?: string;
  readonly slateSize?: number;
  readonly candidates?: readonly Candidate[];
  readonly context?: JsonObject;
  readonly seed?: number;
}

export interface Recommendation {
  readonly decision: Decision;
  /** Why the answer is not the serving policy's, where it is not. */
  readonly fallback?: string;
}

/** An event as it arrives; `value` is 1 and `occurredAt` is now where absent. */
export type EventInput = Omit<BehaviourEvent, "value" | "occurredAt"> & {
  readonly value?: number;
  readonly occurredAt?: number;
};

export interface RecordSummary {
  readonly outcomes: readonly RecordOutcome[];
  readonly counts: Readonly<Record<RecordOutcome, number>>;
  /** A sentence for each event type that no scenario's reward weighs, at most ten; absent where there is none. */
  readonly warnings?: readonly string[];
}

export interface DecisionView {
  readonly feedback: Feedback;
  readonly profile: { readonly attributes: JsonObject; readonly history: readonly HistoryEntry[] };
}

export interface RewardPoint {
  readonly bucketStart: number;
  readonly arm: Arm;
  readonly decisions: number;
  readonly meanReward: number;
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

/** What the loop has done, for metrics. */
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

/** The serving half of the loop. The learning half is `cycle.ts`, in a process of its own. */
export interface Engine {
  readonly scenarios: readonly Scenario[];
  /** @throws unknown_scenario, unknown_item, no_candidates, invalid_request */
  recommend(input: RecommendInput): Promise<Recommendation>;
  /** All events or none. @throws unknown_decision, invalid_request */
  record(events: readonly EventInput[]): Promise<RecordSummary>;

  putItems(items: readonly Item[]): Promise<PutSummary>;
  findItem(itemId: ItemId): Promise<Revision<Item> | undefined>;
  deleteItem(itemId: ItemId): Promise<boolean>;
  listItems(options: {
    readonly after?: ItemId;
    readonly limit: number;
  }): Promise<Page<Item, ItemId>>;
  putUsers(users: readonly User[]): Promise<PutSummary>;
  findUser(userId: UserId): Promise<Revision<User> | undefined>;
  deleteUser(userId: UserId): Promise<boolean>;
  listUsers(options: {
    readonly after?: UserId;
    readonly limit: number;
  }): Promise<Page<User, UserId>>;

  /** The newest `limit`, and those that answer now where they are older; newest first. */
  policies(options: {
    readonly scenario: string;
    readonly limit: number;
  }): Promise<{ readonly assignment: Assignment; readonly policies: readonly PolicySnapshot[] }>;
  /**
   * Puts the parent of the scenario's serving policy back, and records who did it and why.
   * @throws conflict where there is none or the policy is pinned, unknown_scenario, invalid_request
   */
  rollBack(scenario: string, note?: InterventionNote): Promise<PolicySnapshot>;
  /**
   * Pauses promotions, has them ask first or resumes them; pins a version; approves or rejects the one that waits. See
   * docs/guides/operating.md.
   *
   * @throws conflict, not_found, corrupt_snapshot, unknown_scenario, invalid_request
   * @example await engine.intervene({ scenario: "items", kind: "pin", version: 7, reason: "sale week" });
   */
  intervene(input: InterventionInput): Promise<Intervention>;
  /** What operators did, newest first. @throws unknown_scenario */
  interventions(options: {
    readonly scenario?: string;
    readonly limit: number;
  }): Promise<readonly Intervention[]>;
  /** @throws unknown_scenario */
  cycles(options: {
    readonly scenario?: string;
    readonly limit: number;
  }): Promise<readonly Cycle[]>;
  findCycle(cycle: number): Promise<Cycle | undefined>;
  findDecision(decisionId: DecisionId): Promise<DecisionView | undefined>;
  countDecisions(scenario: string): Promise<number>;
  /** Of decisions whose reward window has closed, as they are learnt from. */
  rewardSeries(options: {
    readonly scenario: string;
    readonly since: number;
    readonly bucketSeconds: number;
  }): Promise<readonly RewardPoint[]>;
  health(): Promise<Health>;
  figures(): Promise<LoopFigures>;
  /** Resolves when the fast loops have learnt what is due: who plays a world turn by turn waits for it. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
