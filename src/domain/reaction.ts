import type { ItemId, UserId } from "./ids.ts";
import type { JsonObject } from "./json.ts";

/** A user has at most one reaction of a type to an item. */
export interface ReactionKey {
  readonly userId: UserId;
  readonly itemId: ItemId;
  /** Event type. */
  readonly type: string;
}

/**
 * The present state of a user's events of one type on an item. Unlike an event it can be read by its key, overwritten and taken
 * back.
 */
export interface UserReaction extends ReactionKey {
  readonly value: number;
  /** Milliseconds since 1970. A pending reaction occurs in the future. */
  readonly occurredAt: number;
  readonly updatedAt: number;
  /** It has not occurred: it is no event yet. */
  readonly isPending: boolean;
  /** The caller's own, which nothing reads. */
  readonly notes: JsonObject;
}
