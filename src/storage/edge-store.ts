import type { Revision } from "../domain/catalogue.ts";
import type { Edge } from "../domain/edge.ts";
import type { ItemId, UserId } from "../domain/ids.ts";
import type { PutSummary } from "./revision-store.ts";

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
  /** Edges that hold now, by user, type and target (binary collation), at most `limit`; friends once, under the lesser id. */
  list(options: {
    readonly after?: Edge;
    readonly limit: number;
  }): Promise<readonly Revision<Edge>[]>;
  /** Of all that `list` gives. */
  count(): Promise<number>;
  /**
   * Items of these people's newest events (`newest` of each, sequence ≤ asOf), of these types and after `since`; those of the
   * most people first, then by the newest event. People and events that refuse personalisation as of `asOf` are left out.
   */
  engaged(
    people: readonly string[],
    options: {
      readonly asOf: number;
      readonly newest: number;
      readonly since: number;
      readonly types: readonly string[];
      /** Consent of people who have stated nothing. Default true. */
      readonly byDefault?: boolean;
    },
  ): Promise<readonly EngagedItem[]>;
}
