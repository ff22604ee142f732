import { randomBytes } from "node:crypto";
import { type UserId, userId } from "../../domain/ids.ts";
import type { Erasing, ErasureStore } from "../erasure-store.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { noRows, type Progress, prepareRemoval } from "./erased-rows.ts";
import { appendToList } from "./erasure-list.ts";
import { createErasureViews } from "./erasure-views.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { retryWhileLocked } from "./lock-wait.ts";
import { createUserHistory } from "./user-history.ts";

/** Rows of a table that one transaction removes: some 5 ms of the event loop. */
const pageRows = 50;

const saltBytes = 32;

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

type Statements = ReturnType<typeof prepareStatements>;

function beginRow(statements: Statements, user: UserId, at: number): Erasing {
  const before = statements.ofUser.get(user);
  if (before !== undefined) return toErasing(before);
  const salt = randomBytes(saltBytes).toString("hex");
  statements.begin.run(at, JSON.stringify(noRows), user, salt);
  return toErasing(statements.ofUser.get(user) ?? {});
}

/** Removal and end of an erasure, inside a write transaction. */
function createSteps(connection: Connection, statements: Statements) {
  const remove = prepareRemoval(connection);

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

  return { removeFrom, endRow };
}

export function createErasureStore(
  connection: Connection,
  commits: GroupCommit,
  path: string,
): ErasureStore {
  const statements = prepareStatements(connection);
  const { removeFrom, endRow } = createSteps(connection, statements);
  return {
    ...createErasureViews(connection),
    history: createUserHistory(connection),
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
  };
}
