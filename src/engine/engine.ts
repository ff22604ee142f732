import type { BehaviourEvent, HistoryEntry, RecordOutcome } from "../domain/behaviour.ts";
import type { Item, Revision, User } from "../domain/catalogue.ts";
import type { Cycle } from "../domain/cycle.ts";
import type { Arm, Candidate, Decision, Feedback } from "../domain/decision.ts";
import type { DecisionId, ItemId, UserId } from "../domain/ids.ts";
import type { JsonObject } from "../domain/json.ts";
import type { Assignment, PolicySnapshot } from "../domain/policy-snapshot.ts";
import type { Scenario } from "../domain/scenario.ts";
import type { Page, PutSummary } from "../storage/store.ts";

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

export interface Health {
  /** Serving policy version by scenario. */
  readonly policyVersions: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
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
  /** Puts the parent of the scenario's serving policy back. @throws conflict where there is none */
  rollBack(scenario: string): Promise<PolicySnapshot>;
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
  /** Resolves when the fast loops have learnt what is due: who plays a world turn by turn waits for it. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
