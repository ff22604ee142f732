import type { Edge } from "../../domain/edge.ts";
import { EngineError } from "../../domain/errors.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import type { UserStore } from "../../storage/user-store.ts";
import type { EdgeInput } from "../input/input.ts";
import { ownId } from "../input/schemas/edges.ts";

/** Users that an edge needs; an author who is followed need not have an item yet. */
const usersOf = ({ userId: user, type, to }: Edge): readonly UserId[] =>
  type === "friend" ? [user, userId(to)] : [user];

/** Why an edge is refused. */
interface EdgeProblem {
  readonly code: "invalid_request" | "unknown_user";
  readonly end: "userId" | "to";
  /** It stands behind the value. */
  readonly text: string;
}

function problemOf(edge: Edge, unknown: ReadonlySet<UserId>): EdgeProblem | undefined {
  const stranger = usersOf(edge).find((user) => unknown.has(user));
  if (stranger !== undefined) {
    const text =
      ", who was never written and has no event; create the user first, with PUT /api/v1/users or an import";
    return { code: "unknown_user", end: stranger === edge.userId ? "userId" : "to", text };
  }
  // A user and the user's pseudonym are two ids to the schema.
  if (edge.userId !== edge.to) return undefined;
  return { code: "invalid_request", end: "to", text: `: ${ownId}` };
}

/** For each edge the problem that refuses it, or undefined. */
export async function findEdgeProblems(
  users: UserStore,
  edges: readonly Edge[],
): Promise<readonly (EdgeProblem | undefined)[]> {
  const unknown = await users.unknown([...new Set(edges.flatMap(usersOf))]);
  return edges.map((edge) => problemOf(edge, unknown));
}

export const describeEdgeProblem = ({ end, text }: EdgeProblem, sent: EdgeInput): string =>
  `${end} is '${sent[end]}'${text}`;

/** @param sent the edges by the ids that the caller has sent. @throws unknown_user, invalid_request */
export async function checkEdges(
  users: UserStore,
  edges: readonly Edge[],
  sent: readonly EdgeInput[] = edges,
): Promise<void> {
  for (const [index, problem] of (await findEdgeProblems(users, edges)).entries()) {
    const edge = sent[index];
    if (problem === undefined || edge === undefined) continue;
    const message = `edges[${index}].${describeEdgeProblem(problem, edge)}`;
    const details = { field: `edges[${index}].${problem.end}`, value: edge[problem.end] };
    throw new EngineError(problem.code, message, { details });
  }
}
