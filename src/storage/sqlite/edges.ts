import { type Edge, edgeTypes } from "../../domain/edge.ts";
import { itemId, type UserId, userId } from "../../domain/ids.ts";
import type { EdgeStore, EngagedItem } from "../edge-store.ts";
import { readMember, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { refusalBits } from "./consents.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { everything, type ReadScope } from "./read-scope.ts";

/** Changes of a user's edges that are read, newest first. */
const readChanges = 1000;

/** Edges that hold now, both ends in the scope, from a place in the order of the key on; `present` is that of the newest change. */
const holdingNow = ({ admits }: ReadScope) =>
  `SELECT user_id, type, target, max(sequence) AS sequence, present FROM edge_revisions
   WHERE (user_id, type, target) > (?, ?, ?)
     AND ${admits("edge_revisions.user_id")} AND ${admits("edge_revisions.target")}
   GROUP BY user_id, type, target
   HAVING present = 1 AND NOT (type = 'friend' AND user_id > target)`;

/** Of a person whose events may bear on others' slates, as of ?2; ?6 is the default. */
const isShared = `coalesce((SELECT personalise FROM consents
    WHERE consents.user_id = person.value AND consents.sequence <= ?2
    ORDER BY consents.sequence DESC LIMIT 1), ?6) = 1`;

function prepareStatements(connection: Connection, scope: ReadScope) {
  const now = holdingNow(scope);
  return {
    newest: connection.prepare(
      `SELECT present FROM edge_revisions WHERE user_id = ? AND type = ? AND target = ?
       ORDER BY sequence DESC LIMIT 1`,
    ),
    insert: connection.prepare("INSERT INTO edge_revisions VALUES (?, ?, ?, ?, ?)"),
    changes: connection.prepare(
      `SELECT user_id, type, target, sequence, present FROM edge_revisions
       WHERE user_id = ? AND sequence <= ? ORDER BY sequence DESC LIMIT ${readChanges}`,
    ),
    list: connection.prepare(`${now} LIMIT ?`),
    count: connection.prepare(`SELECT count(*) AS edges FROM (${now})`),
    // The newest events of each person, of any type, so that the work is bounded; then those that count.
    engaged: connection.prepare(
      `SELECT item_id, count(DISTINCT user_id) AS people
       FROM json_each(?1) AS person JOIN events ON events.sequence IN (
         SELECT newest.sequence FROM ${scope.events} AS newest
         WHERE newest.user_id = person.value AND newest.sequence <= ?2
           AND coalesce(newest.retracted > ?2, 1)
           AND coalesce(newest.refused & ${refusalBits.personalise}, 0) = 0
         ORDER BY newest.sequence DESC LIMIT ?3)
       WHERE ${isShared} AND occurred_at > ?4 AND events.type IN (SELECT value FROM json_each(?5))
       GROUP BY item_id ORDER BY people DESC, max(events.sequence) DESC`,
    ),
  };
}

const decodeEdge = (row: Row) => ({
  userId: userId(readText(row, "user_id")),
  type: readMember(row, "type", edgeTypes),
  to: readText(row, "target"),
  sequence: readNumber(row, "sequence"),
});

/** The rows of an edge: a friend's holds both ways. */
const directionsOf = ({ userId: user, type, to }: Edge): readonly Edge[] =>
  type === "friend"
    ? [
        { userId: user, type, to },
        { userId: userId(to), type, to: user },
      ]
    : [{ userId: user, type, to }];

/** The edges that hold after these changes, which are newest first. */
function holding(changes: readonly Row[]) {
  const seen = new Set<string>();
  return changes.flatMap((row) => {
    const edge = decodeEdge(row);
    const key = `${edge.type} ${edge.to}`;
    const isNewest = !seen.has(key);
    seen.add(key);
    return isNewest && row.present === 1 ? [edge] : [];
  });
}

/** @param scope of lists, and of connected people's events */
export function createEdgeStore(
  connection: Connection,
  commits: GroupCommit,
  scope: ReadScope = everything,
): EdgeStore {
  const statements = prepareStatements(connection, scope);

  const holds = ({ userId: user, type, to }: Edge) =>
    statements.newest.get(user, type, to)?.present === 1;

  function write(edge: Edge, numbers: EventNumbers, present: 0 | 1): void {
    const sequence = numbers.next();
    for (const { userId: user, type, to } of directionsOf(edge))
      statements.insert.run(user, type, to, sequence, present);
  }

  return {
    put: (edges) =>
      commits.run((numbers) => {
        const fresh = edges.filter((edge) => {
          if (holds(edge)) return false;
          write(edge, numbers, 1);
          return true;
        });
        return { created: fresh.length, updated: 0, unchanged: edges.length - fresh.length };
      }),
    delete: (edge) =>
      commits.run((numbers) => {
        if (!holds(edge)) return false;
        write(edge, numbers, 0);
        return true;
      }),
    of: async (user: UserId, { asOf = Number.MAX_SAFE_INTEGER, limit }) =>
      holding(statements.changes.all(user, asOf)).slice(0, limit),
    list: async ({ after, limit }) =>
      statements.list
        .all(after?.userId ?? "", after?.type ?? "", after?.to ?? "", limit)
        .map(decodeEdge),
    count: async () => readNumber(statements.count.get("", "", "") ?? {}, "edges"),
    engaged: async (people, { asOf, newest, since, types, byDefault = true }) =>
      statements.engaged
        .all(
          ...[JSON.stringify(people), asOf, newest, since, JSON.stringify(types)],
          Number(byDefault),
        )
        .map(
          (row): EngagedItem => ({
            itemId: itemId(readText(row, "item_id")),
            people: readNumber(row, "people"),
          }),
        ),
  };
}
