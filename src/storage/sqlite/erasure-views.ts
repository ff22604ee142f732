import { type ErasedTable, erasedTables } from "../../domain/erasure.ts";
import type { UserId } from "../../domain/ids.ts";
import type { ErasureStore, Removed } from "../erasure-store.ts";
import { readMember, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { userRows } from "./erased-rows.ts";

const kinds = ["erasure", "retention"] as const;

function prepareStatements(connection: Connection) {
  return {
    has: connection.prepare("SELECT 1 FROM removals WHERE receipt_hash = ?"),
    last: connection.prepare(
      "SELECT coalesce(max(sequence), 0) AS sequence FROM removals WHERE kind = 'erasure'",
    ),
    since: connection.prepare(
      `SELECT count(*) AS count, min(first) AS first, min(ended_at) AS ended_at FROM removals
       WHERE kind = 'erasure' AND sequence > ? AND first IS NOT NULL`,
    ),
    after: connection.prepare(
      `SELECT kind, min(first) AS first FROM removals WHERE sequence > ? AND first IS NOT NULL
       GROUP BY kind`,
    ),
    ended: connection.prepare("SELECT kind, counts FROM removals WHERE sequence IS NOT NULL"),
  };
}

function sumRemoved(rows: readonly Row[]): readonly Removed[] {
  return kinds.flatMap((kind) => {
    const own = rows.filter((row) => readMember(row, "kind", kinds) === kind);
    const sums: Record<string, number> = {};
    for (const row of own) {
      const counts = JSON.parse(readText(row, "counts")) as Record<string, number>;
      for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
    }
    return own.length === 0 ? [] : [{ kind, removals: own.length, rows: sums }];
  });
}

const pageIds = 10_000;

/** Ids of users in each table; a document may be named by one. */
const idColumns = [
  "SELECT DISTINCT id AS user FROM user_revisions",
  "SELECT DISTINCT user_id AS user FROM events",
  "SELECT DISTINCT user_id AS user FROM decisions",
  "SELECT user_id AS user FROM edge_revisions UNION SELECT target FROM edge_revisions",
  "SELECT DISTINCT user_id AS user FROM reactions",
  `SELECT id AS user FROM documents WHERE kind IN ('deferred', 'demonstration')
   UNION SELECT json_extract(value, '$.userId') FROM documents, json_each(payload, '$.decisions')
   WHERE kind = 'deferred'`,
  "SELECT DISTINCT user_id AS user FROM consents",
  "SELECT user_id AS user FROM pseudonyms",
  "SELECT user_id AS user FROM removals WHERE user_id IS NOT NULL",
];

/** Rows of a table that were written later: those without an event number can't be told from earlier ones. */
const laterIn: Readonly<Partial<Record<ErasedTable, string>>> = {
  users: "sequence > ?2",
  events: "sequence > ?2",
  decisions: "sequence > ?2",
  edges: "sequence > ?2",
  consents: "sequence > ?2",
};

function prepareCounts(connection: Connection) {
  const counted = erasedTables
    .filter((name) => name !== "rewards" && name !== "views")
    .map((name) => {
      const { table, where } = userRows[name];
      const condition = where.replace(/ ORDER BY.*/, "");
      return connection.prepare(
        `SELECT count(*) AS rows, total(${laterIn[name] ?? "?2 < 0"}) AS later FROM ${table} WHERE ${condition}`,
      );
    });
  return (user: UserId, after: number) => {
    const found = counted.map((statement) => statement.get(user, after) ?? {});
    const since = found.reduce((sum, row) => sum + readNumber(row, "later"), 0);
    const all = found.reduce((sum, row) => sum + readNumber(row, "rows"), 0);
    return { before: all - since, since };
  };
}

/** Reads of erasures and of other removals. */
export function createErasureViews(
  connection: Connection,
): Pick<ErasureStore, "has" | "last" | "since" | "totals" | "after" | "userIds" | "count"> {
  const statements = prepareStatements(connection);
  const count = prepareCounts(connection);
  return {
    has: async (hash) => statements.has.get(hash) !== undefined,
    last: async () => readNumber(statements.last.get() ?? {}, "sequence"),
    since: async (sequence) => {
      const row = statements.since.get(sequence) ?? {};
      const later = readNumber(row, "count");
      if (later === 0) return undefined;
      const [first, endedAt] = [readNumber(row, "first"), readNumber(row, "ended_at")];
      return { count: later, first, endedAt };
    },
    totals: async () => sumRemoved(statements.ended.all()),
    after: async (sequence) =>
      statements.after.all(sequence).map((row) => ({
        kind: readMember(row, "kind", kinds),
        first: readNumber(row, "first"),
      })),
    *userIds() {
      for (const sql of idColumns) {
        const page = connection.prepare(
          `SELECT user FROM (${sql}) WHERE user > ? ORDER BY user LIMIT ${pageIds}`,
        );
        let rows = page.all("");
        for (; rows.length > 0; rows = page.all(readText(rows.at(-1) ?? {}, "user")))
          for (const row of rows) yield readText(row, "user");
      }
    },
    count: async (user, after) => count(user, after),
  };
}
