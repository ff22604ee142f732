import type { CampaignStore } from "./campaign-store.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { ConsentStore } from "./consent-store.ts";
import type { CycleStore } from "./cycle-store.ts";
import type { DecisionStore } from "./decision-store.ts";
import type { DeferralStore } from "./deferral-store.ts";
import type { DocumentStore } from "./document-store.ts";
import type { EdgeStore } from "./edge-store.ts";
import type { ErasureStore, WrittenFileStore } from "./erasure-store.ts";
import type { EventStore } from "./event-store.ts";
import type { InterventionStore } from "./intervention-store.ts";
import type { ItemStore } from "./item-store.ts";
import type { KeyStore } from "./key-store.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { PseudonymStore } from "./pseudonym-store.ts";
import type { ReactionStore } from "./reaction-store.ts";
import type { RetentionStore } from "./retention-store.ts";
import type { TrailStore } from "./trail-store.ts";
import type { UserStore } from "./user-store.ts";

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
