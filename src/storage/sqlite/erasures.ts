import { randomBytes } from "node:crypto";
import { type ErasedTable, erasedTables } from "../../domain/erasure.ts";
import { type UserId, userId } from "../../domain/ids.ts";
import type { Erasing, ErasureStore, Removed } from "../erasure-store.ts";
import { readMember, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { noRows, type Progress, prepareRemoval, userRows } from "./erased-rows.ts";
import { appendToList } from "./erasure-list.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { retryWhileLocked } from "./lock-wait.ts";

/** Rows of a table that one transaction removes: some 5 ms of the event loop. */
const pageRows = 50;

const saltBytes = 32;

const kinds = ["erasure", "retention"] as const;

function prepareStatements(connection: Connection) {
  return {
    unfinished: connection.prepare(
      "SELECT * FROM removals WHERE user_id IS NOT NULL ORDER BY removal",
    ),
    ofUser: connection.prepare("SELECT * FROM removals WHERE user_id = ?"),
    find: connection.prepare("SELECT * FROM removals WHERE removal = ? AND user_id IS NOT NULL"),
    first: connection.prepare(
      `SELECT min(sequence) AS first FROM (
         SELECT min(sequence) AS sequence FROM events WHERE user_id = ?1
         UNION ALL SELECT min(sequence) FROM decisions WHERE user_id = ?1
         UNION ALL SELECT min(sequence) FROM edge_revisions WHERE user_id = ?1 OR target = ?1)`,
    ),
    begin: connection.prepare(
      `INSERT INTO removals (kind, begun_at, counts, user_id, salt, digests)
       VALUES ('erasure', ?, ?, ?, ?, '{}')`,
    ),
    progress: connection.prepare("UPDATE removals SET counts = ?, digests = ? WHERE removal = ?"),
    lower: connection.prepare(
      "UPDATE removals SET first = min(coalesce(first, ?1), ?1) WHERE removal = ?2",
    ),
    end: connection.prepare(
      `UPDATE removals SET ended_at = ?, sequence = ?, counts = ?, receipt = ?, receipt_hash = ?,
         user_id = NULL, salt = NULL, digests = NULL WHERE removal = ?`,
    ),
    forgetCarried: connection.prepare(
      "DELETE FROM checkpoints WHERE name GLOB 'critic/*' OR name GLOB 'meta-policy/*' OR name GLOB 'training/*'",
    ),
    undelivered: connection.prepare(
      "SELECT removal, receipt FROM removals WHERE receipt IS NOT NULL ORDER BY removal",
    ),
    delivered: connection.prepare("UPDATE removals SET receipt = NULL WHERE removal = ?"),
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

const toErasing = (row: Row): Erasing => ({
  erasure: readNumber(row, "removal"),
  userId: userId(readText(row, "user_id")),
  salt: readText(row, "salt"),
  begunAt: readNumber(row, "begun_at"),
  ...(row.first !== null && { first: readNumber(row, "first") }),
});

const progressOf = (row: Row): Progress => ({
  rows: JSON.parse(readText(row, "counts")),
  digests: JSON.parse(readText(row, "digests")),
});

const sumOf = ({ rows }: Progress) => Object.values(rows).reduce((sum, count) => sum + count, 0);

/** Empties the log: its frames hold pages as they were before. */
async function emptyLog(connection: Connection): Promise<void> {
  const checkpoint = connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  await retryWhileLocked(() => checkpoint.get()?.busy !== 1);
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
  "SELECT user_id AS user FROM removals WHERE user_id IS NOT NULL",
];

/** Rows of a table that were written later: those without an event number can't be told from earlier ones. */
const laterIn: Readonly<Partial<Record<ErasedTable, string>>> = {
  users: "sequence > ?2",
  events: "sequence > ?2",
  decisions: "sequence > ?2",
  edges: "sequence > ?2",
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

type Statements = ReturnType<typeof prepareStatements>;

function beginRow(statements: Statements, user: UserId, at: number): Erasing {
  const before = statements.ofUser.get(user);
  if (before !== undefined) return toErasing(before);
  const salt = randomBytes(saltBytes).toString("hex");
  statements.begin.run(at, JSON.stringify(noRows), user, salt);
  return toErasing(statements.ofUser.get(user) ?? {});
}

export function createErasureStore(
  connection: Connection,
  commits: GroupCommit,
  path: string,
): ErasureStore {
  const statements = prepareStatements(connection);
  const remove = prepareRemoval(connection);
  const count = prepareCounts(connection);

  /** Undefined if the erasure has ended. */
  function removeFrom(erasure: number, limit: number) {
    const begun = statements.find.get(erasure);
    if (begun === undefined) return undefined;
    const lowest = statements.first.get(readText(begun, "user_id"))?.first;
    if (typeof lowest === "number") statements.lower.run(lowest, erasure);
    const row = statements.find.get(erasure) ?? begun;
    const before = progressOf(row);
    const progress = remove(toErasing(row), before, limit);
    const { rows, digests } = progress;
    statements.progress.run(JSON.stringify(rows), JSON.stringify(digests), erasure);
    return { row, progress, removed: sumOf(progress) - sumOf(before) };
  }

  function endRow(
    erasure: number,
    { at, seal }: Parameters<ErasureStore["end"]>[1],
    numbers: EventNumbers,
  ): string | undefined {
    const last = removeFrom(erasure, -1);
    if (last === undefined) return undefined;
    const sequence = numbers.next();
    const { rows } = last.progress;
    const { text, hash } = seal({ ...toErasing(last.row), ...last.progress, sequence });
    statements.end.run(at, sequence, JSON.stringify(rows), text, hash, erasure);
    if (last.row.first !== null) statements.forgetCarried.run();
    return text;
  }

  return {
    begin: (user, at) => commits.run(() => beginRow(statements, user, at)),
    removePage: (erasure) => commits.run(() => removeFrom(erasure, pageRows)?.removed ?? 0),
    end: (erasure, options) => commits.run((numbers) => endRow(erasure, options, numbers)),
    undelivered: async () => statements.undelivered.all().map((row) => readText(row, "receipt")),
    deliver: async () => {
      const rows = statements.undelivered.all();
      for (const row of rows) appendToList(path, readText(row, "receipt"));
      await commits.run(() => {
        for (const row of rows) statements.delivered.run(readNumber(row, "removal"));
      });
      await emptyLog(connection);
    },
    unfinished: async () => statements.unfinished.all().map(toErasing),
    has: async (hash) => statements.has.get(hash) !== undefined,
    last: async () => readNumber(statements.last.get() ?? {}, "sequence"),
    since: async (sequence) => {
      const row = statements.since.get(sequence) ?? {};
      const later = readNumber(row, "count");
      if (later === 0) return undefined;
      return {
        count: later,
        first: readNumber(row, "first"),
        endedAt: readNumber(row, "ended_at"),
      };
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
