import type { Edge } from "../../domain/edge.ts";
import { EngineError } from "../../domain/errors.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import type { UserStore } from "../../storage/user-store.ts";
import type { EdgeInput } from "../input/input.ts";

/** Users that an edge needs; an author who is followed need not have an item yet. */
const usersOf = ({ userId: user, type, to }: Edge): readonly UserId[] =>
  type === "friend" ? [user, userId(to)] : [user];

/** For each edge its first user who was never written and has no event, or undefined. */
export async function findUnknown(
  users: UserStore,
  edges: readonly Edge[],
): Promise<readonly (UserId | undefined)[]> {
  const unknown = await users.unknown([...new Set(edges.flatMap(usersOf))]);
  return edges.map((edge) => usersOf(edge).find((user) => unknown.has(user)));
}

export const unknownRemedy = "create the user first, with PUT /api/v1/users or an import";

/** @param sent the edges by the ids that the caller has sent. @throws unknown_user */
export async function checkEdges(
  users: UserStore,
  edges: readonly Edge[],
  sent: readonly EdgeInput[] = edges,
): Promise<void> {
  for (const [index, unknown] of (await findUnknown(users, edges)).entries()) {
    if (unknown === undefined) continue;
    const end = unknown === edges[index]?.userId ? "userId" : "to";
    const [field, value] = [`edges[${index}].${end}`, sent[index]?.[end] ?? unknown];
    const message = `${field} is '${value}', who was never written and has no event; ${unknownRemedy}`;
    throw new EngineError("unknown_user", message, { details: { field, value } });
  }
}
