import type { Revision } from "../../domain/catalogue.ts";
import type { Edge } from "../../domain/edge.ts";
import type { PutSummary } from "../../storage/revision-store.ts";
import type { EdgeInput, EdgesInput } from "../input/input.ts";

/** Connections of users. */
export interface EdgeCalls {
  /**
   * Connects users with friends, users and authors; all or none, at most
   * 1000. An edge that holds already is unchanged.
   * @throws unknown_user if a user, or a friend, was never written and has no event
   *
   * @example
   * import { createRecurve } from "recurve";
   *
   * const recurve = await createRecurve({ database: ":memory:", learner: false });
   * await recurve.putUsers([{ userId: "ada" }, { userId: "bob" }]);
   * await recurve.putEdges([{ userId: "ada", type: "friend", to: "bob" }]);
   * console.log((await recurve.listEdges("bob"))[0].to); // ada
   * await recurve.close();
   */
  putEdges(edges: readonly EdgeInput[]): Promise<PutSummary>;
  /** Ends an edge, of friends both ways; earlier decisions keep it. False if it did not hold. */
  deleteEdge(edge: EdgeInput): Promise<boolean>;
  /** Edges of a user, newest first, by default 100. */
  listEdges(userId: string, options?: EdgesInput): Promise<readonly Revision<Edge>[]>;
}
