/** Where a page of a sweep ended: rows that it removed, and the place of the next page, absent at the end. */
export interface SweptPage<Place> {
  readonly removed: number;
  readonly next?: Place;
}

/** Revisions of users, items or edges. */
export type RevisionKind = "users" | "items" | "edges";

/**
 * Removal of rows that are past their time, in pages of some milliseconds. Times are milliseconds
 * since 1970.
 */
export interface RetentionStore {
  /**
   * Events after an event number, as far as a page goes: those that occurred before the time of
   * their type, or before that of all others.
   */
  sweepEvents(
    after: number,
    before: { readonly types: Readonly<Record<string, number>>; readonly others?: number },
  ): Promise<SweptPage<number>>;
  /** Scenarios with decisions. */
  scenarios(): Promise<readonly string[]>;
  /** The oldest decisions of a scenario, as long as they were decided before a time. */
  sweepDecisions(scenario: string, before: number): Promise<number>;
  /** Decisions that were removed from the start of a scenario. */
  prunedDecisions(scenario: string): Promise<number>;
  /** The event number of which the oldest decision may read; the newest one without decisions. */
  oldestRead(): Promise<number>;
  /**
   * Revisions that another one by then has replaced, and those of things that had ended. Of an item number
   * and time of the first one stay, with its end.
   */
  sweepRevisions(kind: RevisionKind, after: string, oldestRead: number): Promise<SweptPage<string>>;
  /**
   * Bytes of policies that were made before a time and that no assignment has named since
   * `oldestRead`, parents of those in use excepted; their rows stay. A page of versions.
   */
  sweepSnapshots(before: number, oldestRead: number): Promise<readonly number[]>;
  /** Versions with bytes, and hashes of the encoders. */
  snapshots(): Promise<{
    readonly versions: readonly number[];
    readonly encoders: readonly string[];
  }>;
  removeEncoder(hash: string): Promise<void>;
  /** Records of cycles that ended before a time, the newest 50 of each scenario excepted. */
  sweepCycles(before: number): Promise<number>;
  /** Gives free pages back to the disk, some at a time; false when there are none, or the file can't. */
  shrink(): Promise<boolean>;
  /** Writes the file anew, without free pages. It is locked meanwhile, and needs its size again. */
  compact(): Promise<void>;
}
