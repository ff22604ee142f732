import type { UserId } from "./ids.ts";

/** `follow` leads one way, to a user or an author; `friend` holds both ways, between two users. */
export const edgeTypes = ["follow", "friend"] as const;

/** Kind of a connection: an entry of `edgeTypes`. */
export type EdgeType = (typeof edgeTypes)[number];

/** A connection of a user. Only direct ones count, so that cycles change nothing. */
export interface Edge {
  readonly userId: UserId;
  readonly type: EdgeType;
  /** Of a friend the user's id; of a follow that of a user, or an author as items name theirs. */
  readonly to: string;
}
