import type { ErasedTable, RowCounts, WrittenFile } from "../domain/erasure.ts";
import { EngineError } from "../domain/errors.ts";
import type { UserId } from "../domain/ids.ts";
import type { UserHistory } from "./user-history.ts";

/** An erasure that has begun. */
export interface Erasing {
  readonly erasure: number;
  readonly userId: UserId;
  /** Hexadecimal. */
  readonly salt: string;
  readonly begunAt: number;
  /** Lowest event number of an event, decision or edge that was removed so far. */
  readonly first?: number;
}

/** An erasure whose rows are gone. */
export interface Erased extends Erasing {
  readonly sequence: number;
  readonly rows: RowCounts;
  readonly digests: Readonly<Partial<Record<ErasedTable, string>>>;
}

/** A receipt and its hash, by which the record knows it. */
export interface SealedReceipt {
  readonly text: string;
  readonly hash: string;
}

/** Erasures that ended after an event number, of users with events, decisions or edges. */
export interface LaterErasures {
  readonly count: number;
  /** Lowest event number of a removed row. */
  readonly first: number;
  /** End of the oldest of them, milliseconds since 1970. */
  readonly endedAt: number;
}

/** Rows that erasures or retention removed from the record, in all. */
export interface Removed {
  readonly kind: "erasure" | "retention";
  /** Erasures that ended; 1 for retention. */
  readonly removals: number;
  readonly rows: Readonly<Partial<Record<string, number>>>;
}

/** The removal of users from the record, in steps that are short and can be broken off. */
export interface ErasureStore {
  /** Begins, or continues the erasure of this user that was broken off. */
  begin(userId: UserId, at: number): Promise<Erasing>;
  /** Removes rows of the user, a page at most; their number. */
  removePage(erasure: number): Promise<number>;
  /**
   * Removes the last rows and forgets the user's id, in one transaction with all that cycles
   * carry on. Undefined if another call has ended it.
   */
  end(
    erasure: number,
    options: { readonly at: number; readonly seal: (erased: Erased) => SealedReceipt },
  ): Promise<string | undefined>;
  /** Receipts that are not in the list beside the file yet: a process ended in between. */
  undelivered(): Promise<readonly string[]>;
  /** Writes all of them into the list, and clears the log of the database of earlier forms of its pages. */
  deliver(): Promise<void>;
  /** Erasures that were broken off. */
  unfinished(): Promise<readonly Erasing[]>;
  /** Whether the record has the erasure of a receipt. */
  has(hash: string): Promise<boolean>;
  /** Event number of the last erasure that ended, 0 before the first. */
  last(): Promise<number>;
  /** Undefined if there are none. */
  since(sequence: number): Promise<LaterErasures | undefined>;
  /** Removed rows by kind. */
  totals(): Promise<readonly Removed[]>;
  /** Kinds of removals that ended after an event number, with the lowest event number of their rows. */
  after(
    sequence: number,
  ): Promise<readonly { readonly kind: Removed["kind"]; readonly first: number }[]>;
  /** The rows that an erasure would remove beside events, decisions and reactions. */
  history(userId: UserId): Promise<UserHistory>;
  /** Ids of users in any table, in no order and more than once. */
  userIds(): Iterable<string>;
  /** Rows of a user by table, those of event numbers above `after` counted apart. */
  count(
    userId: UserId,
    after: number,
  ): Promise<{ readonly before: number; readonly since: number }>;
}

/** Files that were written from the record. */
export interface WrittenFileStore {
  add(file: WrittenFile): Promise<void>;
  list(): Promise<readonly WrittenFile[]>;
}

/** A decision was made from rows that are being erased: it is to be made anew. */
export class ErasedMeanwhile extends EngineError {
  constructor(decisionId: string) {
    super(
      "conflict",
      `rows that decision '${decisionId}' may stand on were removed meanwhile; ask again`,
      { details: { decisionId } },
    );
  }
}
