import type { UserActivity } from "../domain/activity.ts";
import type { ApiKey } from "../domain/api-key.ts";
import type { BehaviourEvent, HistoryEntry } from "../domain/behaviour.ts";
import type { Campaign, CampaignMoment } from "../domain/campaign.ts";
import type { Item, Revision, User } from "../domain/catalogue.ts";
import type { Cycle } from "../domain/cycle.ts";
import type { CycleOutcome } from "../domain/cycle-outcome.ts";
import type { Arm, Decision, Feedback } from "../domain/decision.ts";
import type { Edge } from "../domain/edge.ts";
import { EngineError } from "../domain/errors.ts";
import type { CampaignId, DecisionId, ItemId, UserId } from "../domain/ids.ts";
import type { Intervention } from "../domain/intervention.ts";
import type { Json } from "../domain/json.ts";
import type { PolicyEvidence } from "../domain/policy-evidence.ts";
import type {
  Assignment,
  PolicyKind,
  PolicySnapshot,
  PolicyStatus,
} from "../domain/policy-snapshot.ts";
import type { ReactionKey, UserReaction } from "../domain/reaction.ts";
import type { RepeatRule, RewardRule } from "../domain/scenario.ts";

/**
 * The record of everything. Users, items, events, assignments and decisions share one increasing event number,
 * `sequence`: the knowledge at a moment is everything with a sequence ≤ the number noted then.
 * Every method is atomic; a resolved write is durable. Writes of concurrent callers share a commit.
 */
export interface Store {
  readonly users: UserStore;
  readonly items: ItemStore;
  readonly edges: EdgeStore;
  readonly events: EventStore;
  readonly campaigns: CampaignStore;
  readonly decisions: DecisionStore;
  readonly reactions: ReactionStore;
  readonly documents: DocumentStore;
  readonly policies: PolicyStore;
  readonly cycles: CycleStore;
  readonly interventions: InterventionStore;
  readonly keys: KeyStore;
  readonly checkpoints: CheckpointStore;
  /**
   * Runs `work` while no other process learns on this record: a cycle's findings are about the
   * policies that it began with. Released when `work` settles, and at the latest with the process.
   * @throws learner_busy if another process learns
   */
  learnAlone<T>(work: () => Promise<T>): Promise<T>;
  /**
   * The same for tracking, so that no run is made twice.
   * @throws conflict if another process tracks
   */
  trackAlone<T>(work: () => Promise<T>): Promise<T>;
  /** Time of the last heartbeat of a learner, milliseconds since 1970. Takes no event number. */
  readonly heartbeats: {
    beat(at: number): Promise<void>;
    last(): Promise<number | undefined>;
  };
  /**
   * 32 random bytes, made at the first call and the same from then on: also in other processes and
   * in a copy of the record. Nothing else gives them out.
   */
  secret(): Promise<Uint8Array>;
  /** Of the whole record. */
  sizeBytes(): Promise<number>;
  /** Why the newest write through this store failed, if the file or the disk is at fault; such as a full disk. */
  writeProblem(): Promise<string | undefined>;
  /** The highest event number so far, 0 on an empty store. */
  sequence(): Promise<number>;
  close(): Promise<void>;
}

/** A page of newest revisions, in order of id. */
export interface Page<T, Id> {
  readonly rows: readonly Revision<T>[];
  /** Pass it as `after` for the next page; absent on the last one. */
  readonly next?: Id;
}

/** Number of created, changed and unchanged rows of a write. */
export interface PutSummary {
  readonly created: number;
  readonly updated: number;
  /** Equal to the stored value: no new revision, no new event number. */
  readonly unchanged: number;
}

/** Rows that are never overwritten: each change is a new revision under a new event number. */
export interface RevisionStore<T, Id> {
  /** @param writtenAt milliseconds since 1970; kept of items and campaigns */
  put(rows: readonly T[], writtenAt?: number): Promise<PutSummary>;
  /** The newest revision, or the one at event number `asOf`. */
  find(id: Id, asOf?: number): Promise<Revision<T> | undefined>;
  /**
   * Ends the row: `find` and `list` no longer see it, older event numbers do. False if it was
   * absent.
   * @param deletedAt milliseconds since 1970; kept of items and campaigns
   */
  delete(id: Id, deletedAt?: number): Promise<boolean>;
  /** In order of id (binary collation), at most `limit` (1…1000) rows. */
  list(options: { readonly after?: Id; readonly limit: number }): Promise<Page<T, Id>>;
  count(): Promise<number>;
}

/**
 * Rows that earlier releases took without checks: the first ids in order, and the number of all.
 */
export interface DamagedRows {
  readonly ids: readonly string[];
  readonly count: number;
}

/** Users with all their revisions. */
export interface UserStore extends RevisionStore<User, UserId> {
  /** Of these ids those that no user was written under and that have no event. */
  unknown(ids: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** Users as they are now whose id is none or whose attributes are no object; the first `limit` by id. Reads all users. */
  damaged(limit: number): Promise<DamagedRows>;
}

/** A change of the catalogue: the new revision, or `undefined` if the item was deleted. */
export interface ItemChange {
  readonly itemId: ItemId;
  readonly sequence: number;
  /** Event number of the item's first revision. */
  readonly created: number;
  /** Time of that revision, milliseconds since 1970; absent if it is not on record. */
  readonly createdAt?: number;
  readonly item: Item | undefined;
  /** The row is not a valid item: it is read as withdrawn, with its readable fields. */
  readonly isDamaged?: true;
}

/** Items with all their revisions. */
export interface ItemStore extends RevisionStore<Item, ItemId> {
  /**
   * Highest event number of any item revision, 0 without items: a cache compares it with its own.
   */
  sequence(): Promise<number>;
  /** The newest state ≤ `asOf` of every item that changed in (`after`, `asOf`], deletions included, by event number. */
  changes(options: {
    readonly after: number;
    readonly asOf: number;
  }): Promise<readonly ItemChange[]>;
}

/** Sums of a campaign's charges. Money is in the unit of its bid. */
export interface CampaignSums {
  readonly impressions: number;
  /** Impressions that exploration drew: the sum of their shares. */
  readonly explored: number;
  readonly spend: number;
  /** Spend on them. */
  readonly exploredSpend: number;
  /** Outstanding: shown, and neither paid for nor lapsed. */
  readonly reserved: number;
}

/** A campaign over some days. */
export interface CampaignFigures extends CampaignSums {
  readonly campaign: Campaign;
  /** Events by type that rewarded its impressions. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Decisions of its scenario while it was open. */
  readonly opportunities: number;
  readonly isOpen: boolean;
  readonly factor: number;
  /** Of the last of the days. */
  readonly today: CampaignSums;
  /** Part of the day's budget that its traffic by now stands for; absent without one. */
  readonly planned?: number;
}

/**
 * Campaigns with all their revisions, their budgets and their pacing. An ad that is shown reserves its price in the decision's own
 * commit, until it is paid for or lapses with the decision; so no budget is exceeded, whatever the number of processes.
 */
export interface CampaignStore extends RevisionStore<Campaign, CampaignId> {
  /** Campaigns of a scenario as of an event number, by id. */
  asOf(scenario: string, asOf: number): Promise<readonly CampaignMoment[]>;
  /**
   * Brings budgets and pacing of a scenario up to a time, if there is something to do: charges that
   * have lapsed, a new day, the next step of pacing.
   */
  settle(scenario: string, now: number): Promise<void>;
  /** Times at which a scenario's decisions showed a user each campaign, decidedAt > since and sequence ≤ asOf. */
  showings(options: {
    readonly userId: UserId;
    readonly scenario: string;
    readonly since: number;
    readonly asOf: number;
  }): Promise<ReadonlyMap<CampaignId, readonly number[]>>;
  /** Of each campaign of a scenario, over the days (since 1970, UTC) from ≤ day ≤ to. */
  figures(options: {
    readonly scenario: string;
    readonly from: number;
    readonly to: number;
    readonly now: number;
  }): Promise<readonly CampaignFigures[]>;
  /**
   * Derives a campaign's state as of an event number from its charges and the traffic by then: the
   * reason if it is another, else undefined.
   */
  findContradiction(campaignId: CampaignId, asOf: number): Promise<string | undefined>;
}

/** An item, and the number of people who had an event with it. */
export interface EngagedItem {
  readonly itemId: ItemId;
  readonly people: number;
}

/**
 * Edges with all their revisions. Of a user's edges the newest 1,000 changes count: older edges stay on record, and are not
 * read.
 */
export interface EdgeStore {
  /** All or none; `updated` is 0. An edge that holds already is unchanged and takes no event number. */
  put(edges: readonly Edge[]): Promise<PutSummary>;
  /** Ends an edge, of friends both ways. False if it did not hold. */
  delete(edge: Edge): Promise<boolean>;
  /** The user's edges now, or at event number `asOf`; newest first. */
  of(
    userId: UserId,
    options: { readonly asOf?: number; readonly limit: number },
  ): Promise<readonly Revision<Edge>[]>;
  /**
   * Items of these people's newest events (`newest` of each, sequence ≤ asOf), of these types and after `since`; those of the
   * most people first, then by the newest event.
   */
  engaged(
    people: readonly string[],
    options: {
      readonly asOf: number;
      readonly newest: number;
      readonly since: number;
      readonly types: readonly string[];
    },
  ): Promise<readonly EngagedItem[]>;
}

/** An event to be stored, with the reward that it brings if it was attributed to a decision. */
export interface EventRow {
  readonly event: BehaviourEvent;
  readonly reward?: {
    readonly decisionId: DecisionId;
    readonly position: number;
    /** Reward units: weight of the event type × event value. */
    readonly value: number;
    /** How it joins a reward of the same type that the position has. */
    readonly repeats: RepeatRule;
  };
  /** The row says that this position was viewed. It is then no behaviour, and takes no event number. */
  readonly viewed?: { readonly decisionId: DecisionId; readonly position: number };
}

/** `duplicate`: the event id is known, or the position was viewed already. */
export type EventRowOutcome = "stored" | "duplicate";

/**
 * Behaviour events in the order of their event numbers. One that a reaction's deletion retracted is
 * behaviour only as of earlier event numbers.
 */
export interface EventStore {
  /** All rows or none. Outcomes in the order of the rows. A duplicate stores neither event nor reward. */
  record(rows: readonly EventRow[]): Promise<readonly EventRowOutcome[]>;
  /** The user's newest `limit` events with sequence ≤ asOf, returned oldest first. */
  history(
    userId: UserId,
    options: { readonly asOf: number; readonly limit: number },
  ): Promise<readonly HistoryEntry[]>;
  /** The time of the user's last event with each item, sequence ≤ asOf, of these types (default: all), after `since`. */
  lastEvents(
    userId: UserId,
    options: {
      readonly asOf: number;
      readonly types?: readonly string[] | undefined;
      readonly since?: number;
    },
  ): Promise<ReadonlyMap<ItemId, number>>;
  /** Events in order of sequence, from after `after`, at most `limit`. */
  scan(options: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly (HistoryEntry & { readonly userId: UserId })[]>;
  /** All events, or those after `after`. */
  count(options?: { readonly after?: number }): Promise<number>;
}

/** A user's reaction, and the event that it brings; a pending one brings it later. */
export interface ReactionRow {
  readonly reaction: UserReaction;
  readonly event?: EventRow;
  /** Replaces the value and takes back the events of the reaction that is there; else values add up. */
  readonly overwrites: boolean;
}

/** Reactions with all of these fields. */
export interface ReactionFilter extends Partial<ReactionKey> {
  /** Those that have occurred by then. */
  readonly until: number;
}

/** An id and its similarity to another, or its number of reactions. */
export interface Scored {
  readonly id: string;
  readonly score: number;
}

/** Reactions in order of user, item and type. Taking one back retracts its events. */
export interface ReactionStore {
  /** All rows or none, with their events. */
  record(rows: readonly ReactionRow[]): Promise<void>;
  /** At most `limit` after the key `after`. */
  list(
    filter: ReactionFilter,
    page: { readonly after?: ReactionKey; readonly limit: number },
  ): Promise<readonly UserReaction[]>;
  /** Pending reactions of a user that have occurred. */
  due(userId: UserId, now: number): Promise<readonly UserReaction[]>;
  /** Number of deleted reactions. */
  delete(filter: ReactionFilter): Promise<number>;
  /** Items by the number of users with a reaction of these types, most first. */
  popular(types: readonly string[]): Promise<readonly Scored[]>;
  /**
   * Cosine similarity of the sets of users, |A∩B| / √(|A|·|B|), over reactions of these types; most
   * similar first. Of an item with many users 1,000 are looked at.
   */
  similarItems(itemId: ItemId, types: readonly string[]): Promise<readonly Scored[]>;
  /** The same of users, by their sets of items. */
  similarUsers(userId: UserId, types: readonly string[]): Promise<readonly Scored[]>;
}

/** Rewards of one arm. */
export interface ArmRewards {
  readonly arm: Arm;
  readonly decisions: number;
  /** Over the positions, each settled by the rule: default if no event came, then clipped. */
  readonly rewardSum: number;
}

/** Within one span of time, with sums over its users: R is the sum of a user's rewards, n the number of their decisions. */
export interface RewardBucket extends ArmRewards {
  readonly bucketStart: number;
  readonly users: number;
  /** Σ R². */
  readonly rewardSquares: number;
  /** Σ R·n. */
  readonly rewardProducts: number;
  /** Σ n². */
  readonly decisionSquares: number;
}

/** A user's shown positions, and those of them with an outcome. */
export interface UserOutcomes {
  readonly userId: UserId;
  readonly rows: number;
  readonly outcomes: number;
}

/** Rewards of one user under one policy in one arm. */
export interface UserRewards {
  /** Positions. */
  readonly rows: number;
  /** Over the positions, each settled by the rule: default if no event came, then clipped. */
  readonly rewardSum: number;
}

/** A decision with the state of its row. */
export interface ScannedDecision extends Feedback {
  /** The row is not as it was written, by its checksum. */
  readonly isChanged?: true;
}

/**
 * A campaign was closed after the event number that a decision was made at, so that its ad
 * may be without budget. Thrown whatever it shows: the choice is to be made anew.
 */
export class CampaignClosed extends EngineError {
  constructor(decisionId: DecisionId) {
    const message = `a campaign closed while decision '${decisionId}' was made; ask for another`;
    super("conflict", message, { details: { decisionId } });
  }
}

/** A page of decisions, newest first. */
export interface DecisionPage {
  readonly rows: readonly Feedback[];
  /** The last decision that was looked at; absent on the last page. */
  readonly next?: DecisionId;
}

/** Decisions with the rewards of their positions. Times are milliseconds since 1970. */
export interface DecisionStore {
  /** Refuses a known id with `conflict`. @throws CampaignClosed */
  append(decision: Decision): Promise<void>;
  /**
   * All or none, with events that they bring. A document that they settle is deleted; `not_found` if
   * it is not there.
   */
  appendAll(
    decisions: readonly Decision[],
    options?: { readonly events?: readonly EventRow[]; readonly settles?: DocumentKey },
  ): Promise<void>;
  /** Times of the oldest and newest decision of a scenario; undefined if there is none. */
  dateRange(scenario: string): Promise<{ readonly from: number; readonly to: number } | undefined>;
  find(decisionId: DecisionId): Promise<Feedback | undefined>;
  findMany(decisionIds: readonly DecisionId[]): Promise<readonly (Feedback | undefined)[]>;
  /** The user's newest decision with decidedAt ≤ occurredAt and expiresAt > now whose slate holds the item. */
  findByItem(options: {
    readonly userId: UserId;
    readonly itemId: ItemId;
    readonly occurredAt: number;
    readonly now: number;
  }): Promise<Feedback | undefined>;
  /** The user's newest `limit` decisions of a scenario with expiresAt > now, newest first. */
  openOf(options: {
    readonly userId: UserId;
    readonly scenario: string;
    readonly now: number;
    readonly limit: number;
  }): Promise<readonly Feedback[]>;
  /** Times at which a scenario's decisions showed a user each item, decidedAt > since and sequence ≤ asOf. */
  showings(options: {
    readonly userId: UserId;
    readonly scenario: string;
    readonly since: number;
    readonly asOf: number;
  }): Promise<ReadonlyMap<ItemId, readonly number[]>>;
  /**
   * Decisions of a scenario with expiresAt ≤ closedBefore and from ≤ decidedAt < to (default: all),
   * after `after`, by sequence, at most `limit`.
   */
  feedback(options: {
    readonly scenario: string;
    readonly after: number;
    readonly closedBefore: number;
    readonly from?: number;
    readonly to?: number;
    readonly limit: number;
  }): Promise<readonly Feedback[]>;
  /**
   * Decisions of a scenario with from ≤ decidedAt that are older than `before`, newest first, at most `limit`: of one user and with
   * an item in the slate, if named. Of an item at most 1,000 decisions are looked at.
   */
  list(options: {
    readonly scenario: string;
    readonly userId?: UserId;
    readonly itemId?: ItemId;
    readonly from: number;
    /** A time, or a decision. */
    readonly before: { readonly decidedAt: number; readonly sequence?: number };
    readonly limit: number;
  }): Promise<DecisionPage>;
  /** The newest `limit` decisions, newest first. */
  recent(limit: number): Promise<readonly Feedback[]>;
  /** Decisions with from ≤ decidedAt < to and after < sequence ≤ asOf, by sequence, at most `limit`. */
  scan(options: {
    readonly from: number;
    readonly to: number;
    readonly after: number;
    readonly asOf: number;
    readonly limit: number;
  }): Promise<readonly ScannedDecision[]>;
  /**
   * Of the newest `limit` (default: all) of the same decisions: number, and the `after` at which
   * they begin.
   */
  span(options: {
    readonly from: number;
    readonly to: number;
    readonly asOf: number;
    readonly limit?: number;
  }): Promise<{ readonly count: number; readonly after: number }>;
  /**
   * Of the newest `limit` (default: all) that `feedback` gives: number, and the `after` at which
   * they begin.
   */
  closedSpan(options: {
    readonly scenario: string;
    readonly after: number;
    readonly closedBefore: number;
    readonly limit?: number;
  }): Promise<{ readonly count: number; readonly after: number }>;
  /** Per arm and bucket of `bucketSeconds`, of closed decisions (expiresAt ≤ closedBefore) with decidedAt ≥ since, oldest first. */
  rewardBuckets(options: {
    readonly scenario: string;
    readonly since: number;
    readonly closedBefore: number;
    readonly bucketSeconds: number;
    readonly rule: RewardRule;
  }): Promise<readonly RewardBucket[]>;
  /** Per arm, of the newest `limit` decisions with decidedAt ≤ decidedBefore. */
  recentRewards(options: {
    readonly scenario: string;
    readonly decidedBefore: number;
    readonly limit: number;
    readonly rule: RewardRule;
  }): Promise<readonly ArmRewards[]>;
  /** By user, of closed decisions (expiresAt ≤ closedBefore) with decidedAt ≥ since, by one policy or all that the arm had. In no order. */
  userRewards(options: {
    readonly scenario: string;
    readonly arm: Arm;
    readonly policyVersion?: number;
    readonly since: number;
    readonly closedBefore: number;
    readonly rule: RewardRule;
  }): Promise<readonly UserRewards[]>;
  /** The same for outcomes: `outcomes` counts the positions with an event of the type. */
  userOutcomes(options: {
    readonly scenario: string;
    readonly arm: Arm;
    readonly policyVersion: number;
    readonly since: number;
    readonly closedBefore: number;
    readonly type: string;
  }): Promise<readonly UserOutcomes[]>;
  /** Positions of decisions with after < event number ≤ through that have an event of the type. In no order. */
  outcomes(options: {
    readonly type: string;
    readonly after: number;
    readonly through: number;
  }): Promise<readonly { readonly sequence: number; readonly position: number }[]>;
  /** Sessions of each user and arm, of decisions with from ≤ decidedAt < to; decisions of a user less apart than the gap are a session. In no order. */
  userActivity(options: {
    readonly scenario: string;
    readonly from: number;
    readonly to: number;
    readonly sessionGapSeconds: number;
  }): Promise<readonly UserActivity[]>;
  /** Event number of the scenario's nth decision, n ≥ 1; `undefined` if there are fewer. */
  nth(scenario: string, n: number): Promise<number | undefined>;
  /** Decisions in all, or those with after < sequence ≤ asOf. */
  count(options?: {
    readonly scenario?: string;
    readonly after?: number;
    readonly asOf?: number;
  }): Promise<number>;
}

/** A policy to be stored with its snapshot; `createdAt` is in milliseconds since 1970. */
export interface NewPolicy {
  readonly scenario: string;
  readonly kind: PolicyKind;
  readonly status: PolicyStatus;
  readonly parent?: number;
  readonly createdAt: number;
  readonly bytes: Uint8Array;
  readonly evidence: PolicyEvidence;
}

/**
 * Changes of one learning step or one intervention, in one transaction: a crash leaves all of them
 * or none.
 */
export interface PolicyChange {
  /** Snapshots to add; versions are assigned in this order, one above the highest so far. */
  readonly add?: readonly NewPolicy[];
  readonly statuses?: readonly {
    readonly version: number;
    readonly status: PolicyStatus;
    readonly evidence?: PolicyEvidence;
  }[];
  /** The new assignment of one scenario, made from the versions of the added snapshots. */
  readonly assign?: (added: readonly number[]) => {
    readonly scenario: string;
    readonly assignment: Assignment;
    /**
     * The assignment that it was made from: if another one is stored by then, the whole change is
     * refused with `conflict`.
     */
    readonly replaces?: Assignment;
  };
  /** The record of the cycle that did it. `cycle` numbers are assigned by the store. */
  readonly cycle?: (added: readonly number[]) => Omit<Cycle, "cycle">;
  /** An operator's intervention. `intervention` numbers are assigned by the store. */
  readonly intervention?: Omit<Intervention, "intervention">;
  /** Encoders that the added snapshots name; one that is stored already stays as it is. */
  readonly encoders?: readonly { readonly hash: string; readonly bytes: Uint8Array }[];
  /** Without bytes a checkpoint is removed. */
  readonly checkpoints?: readonly { readonly name: string; readonly bytes?: Uint8Array }[];
}

/** Policy snapshots, their statuses, and the assignment of each scenario. */
export interface PolicyStore {
  apply(change: PolicyChange): Promise<{
    readonly added: readonly number[];
    readonly cycle?: number;
    readonly intervention?: number;
  }>;
  /**
   * The present assignment, or the one at event number `asOf`; `{ canaryShare: 0 }` if nothing was
   * assigned by then. Each change takes an event number. Assignments that earlier releases replaced
   * are not known.
   */
  assignment(scenario: string, asOf?: number): Promise<Assignment>;
  find(version: number): Promise<PolicySnapshot | undefined>;
  /** Newest first. */
  list(options: {
    readonly scenario?: string;
    readonly limit: number;
  }): Promise<readonly PolicySnapshot[]>;
  /** Policies with the status `rolled-back`, by scenario; those without any are left out. */
  countRolledBack(): Promise<readonly { readonly scenario: string; readonly policies: number }[]>;
  /** The bytes as stored, unchecked: decoding checks them. */
  bytes(version: number): Promise<Uint8Array | undefined>;
  /** The bytes of an encoder as stored, unchecked. */
  encoder(hash: string): Promise<Uint8Array | undefined>;
}

/** A document of a wire, by kind and id. */
export interface DocumentKey {
  readonly kind: DocumentKind;
  readonly id: string;
}

/** Kinds of documents: deferred events, settings, evaluations, and ranks of a caller to be imitated. */
export type DocumentKind = "deferred" | "settings" | "evaluation" | "demonstration";

/** Documents of the wires of other systems, beside the record. */
export interface DocumentStore {
  /** Replaces the document; one that must be new is refused with `conflict` if it is there. Expired ones are deleted. */
  put(
    key: DocumentKey,
    payload: Json,
    options: { readonly now: number; readonly expiresAt?: number; readonly isNew?: boolean },
  ): Promise<void>;
  /** Undefined if it is not there or has expired. */
  find(key: DocumentKey, now: number): Promise<Json | undefined>;
  /** The newest `limit` of a kind, newest first. */
  list(kind: DocumentKind, limit: number): Promise<readonly Json[]>;
  /** Documents of a kind that were put after the one of number `after`, and the highest number. */
  since(
    kind: DocumentKind,
    after: number,
  ): Promise<{ readonly count: number; readonly last: number }>;
  /** False if it was not there. */
  delete(key: DocumentKey): Promise<boolean>;
}

/** Cycles of a scenario that ended alike. */
export interface CycleOutcomes {
  readonly scenario: string;
  readonly outcome: CycleOutcome;
  readonly cycles: number;
  /** Of the newest of them, milliseconds since 1970. */
  readonly finishedAt: number;
}

/** Learning cycles; written by `PolicyStore.apply`, never changed. */
export interface CycleStore {
  find(cycle: number): Promise<Cycle | undefined>;
  /** Newest first. */
  list(options: { readonly scenario?: string; readonly limit: number }): Promise<readonly Cycle[]>;
  /** All cycles, counted. */
  outcomes(): Promise<readonly CycleOutcomes[]>;
}

/** Interventions of operators; written by `PolicyStore.apply`, never changed. */
export interface InterventionStore {
  /** Newest first. */
  list(options: {
    readonly scenario?: string;
    readonly limit: number;
  }): Promise<readonly Intervention[]>;
}

/** API keys, ended ones included. They take no event number. */
export interface KeyStore {
  /** @throws conflict if another key of this name has not ended by its `createdAt` */
  add(key: ApiKey): Promise<void>;
  /**
   * Adds a key of the same name with the scopes of the newest one, and ends the others at `endsAt`,
   * or at their own earlier end.
   * @throws not_found if no key of this name has not ended by its `createdAt`
   */
  replace(
    key: Pick<ApiKey, "name" | "hash" | "createdAt"> & Required<Pick<ApiKey, "endsAt">>,
  ): Promise<void>;
  /** Ends the keys of a name. @throws not_found if all of them had ended */
  end(name: string, at: number): Promise<void>;
  /** By name, and oldest first. */
  list(): Promise<readonly ApiKey[]>;
}

/** Resumable training state by name, one version each; written by `PolicyStore.apply`. */
export interface CheckpointStore {
  load(name: string): Promise<Uint8Array | undefined>;
}
