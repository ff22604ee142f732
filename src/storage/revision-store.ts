import type { Revision } from "../domain/catalogue.ts";

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
  /**
   * Puts the row that `make` gives for the newest revision, unless it gives none. One transaction reads and writes: no other write
   * comes between.
   * @param writtenAt as of `put`
   * @returns the row as it is then
   */
  change(
    id: Id,
    make: (before: T | undefined) => T | undefined,
    writtenAt?: number,
  ): Promise<T | undefined>;
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
