import type { ApiKey } from "../domain/api-key.ts";
import type { Item, User } from "../domain/catalogue.ts";
import type { Cycle } from "../domain/cycle.ts";
import type { CycleOutcome } from "../domain/cycle-outcome.ts";
import type { ItemId, UserId } from "../domain/ids.ts";
import type { Intervention } from "../domain/intervention.ts";
import type { PolicyEvidence } from "../domain/policy-evidence.ts";
import type {
  Assignment,
  PolicyKind,
  PolicySnapshot,
  PolicyStatus,
} from "../domain/policy-snapshot.ts";
import type { ReactionKey, UserReaction } from "../domain/reaction.ts";
import type { CampaignStore } from "./campaign-store.ts";
import type { ConsentStore } from "./consent-store.ts";
import type { DecisionStore } from "./decision-store.ts";
import type { DeferralStore } from "./deferral-store.ts";
import type { DocumentStore } from "./document-store.ts";
import type { EdgeStore } from "./edge-store.ts";
import type { ErasureStore, WrittenFileStore } from "./erasure-store.ts";
import type { EventRow, EventStore } from "./event-store.ts";
import type { PseudonymStore } from "./pseudonym-store.ts";
import type { RetentionStore } from "./retention-store.ts";
import type { DamagedRows, RevisionStore } from "./revision-store.ts";
import type { TrailStore } from "./trail-store.ts";

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
  readonly deferrals: DeferralStore;
  readonly reactions: ReactionStore;
  readonly documents: DocumentStore;
  readonly policies: PolicyStore;
  readonly cycles: CycleStore;
  readonly interventions: InterventionStore;
  readonly keys: KeyStore;
  readonly trail: TrailStore;
  readonly checkpoints: CheckpointStore;
  readonly consents: ConsentStore;
  readonly pseudonyms: PseudonymStore;
  /**
   * The parts that learning and judging read otherwise: histories, and reads across users, leave out
   * users, events and decisions that refuse training by now. Single decisions are found as ever.
   * @param byDefault consent of users who have stated nothing
   */
  learnable(byDefault: boolean): Pick<Store, "decisions" | "edges" | "events" | "reactions">;
  readonly erasures: ErasureStore;
  readonly retention: RetentionStore;
  readonly files: WrittenFileStore;
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
   * 32 random bytes, made when the record was opened first and the same from then on: also in other
   * processes and in a copy of the record. Nothing else gives them out.
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
  /** The first added snapshot was made from the record as of this event number alone. */
  readonly freshAsOf?: number;
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
  /** The highest version of any scenario that is known to have been there at an event number, 0 if none is. */
  newestAt(sequence: number): Promise<number>;
  /**
   * The newest fresh start of a scenario, up to a version: it and later ones know the
   * record as of `sequence` or later.
   */
  freshStart(
    scenario: string,
    version: number,
  ): Promise<{ readonly version: number; readonly sequence: number } | undefined>;
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
   * Adds a key of the same name with the scopes and the rate of the newest one, and ends the others at `endsAt`,
   * or at their own earlier end.
   * @throws not_found if no key of this name has not ended by its `createdAt`
   */
  replace(
    key: Pick<ApiKey, "name" | "hash" | "createdAt"> & Required<Pick<ApiKey, "endsAt">>,
  ): Promise<void>;
  /**
   * Changes the rate of the keys of a name that have not ended by `now`; undefined takes the limit away.
   * @throws not_found if all of them had ended
   */
  limit(name: string, rate: number | undefined, now: number): Promise<void>;
  /** Ends the keys of a name. @throws not_found if all of them had ended */
  end(name: string, at: number): Promise<void>;
  /** By name, and oldest first. */
  list(): Promise<readonly ApiKey[]>;
}

/** Resumable training state by name, one version each; written by `PolicyStore.apply`. */
export interface CheckpointStore {
  load(name: string): Promise<Uint8Array | undefined>;
}
