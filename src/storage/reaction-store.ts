import type { ItemId, UserId } from "../domain/ids.ts";
import type { ReactionKey, UserReaction } from "../domain/reaction.ts";
import type { EventRow } from "./event-store.ts";

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
  /** Pending reactions that have occurred by `now`, at most `limit`: of one user, if named. */
  due(options: {
    readonly userId?: UserId;
    readonly now: number;
    readonly limit: number;
  }): Promise<readonly UserReaction[]>;
  /** The same as `record`, of those that are pending for that time still: they may have been settled, changed or erased meanwhile. */
  settle(rows: readonly ReactionRow[]): Promise<void>;
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
