import type { EdgeType } from "../domain/edge.ts";

export type { EdgeType } from "../domain/edge.ts";

/** A connection of a user. A `friend` holds both ways; a `follow` leads to a user or an author. */
export interface EdgeBody {
  readonly userId: string;
  readonly type: EdgeType;
  /** Id of the friend, or of the user or author who is followed. */
  readonly to: string;
}

/** Body of `POST /api/v1/edges`: 1 to 1000 edges, written all or none. */
export interface EdgesRequest {
  readonly edges: readonly EdgeBody[];
}

/** Number of edges. */
export interface EdgesQuery {
  /** 1…1000, default 100; newest first. */
  readonly limit?: number;
}

/** Edges of a user, newest first. */
export interface EdgesResponse {
  readonly edges: readonly EdgeBody[];
}
