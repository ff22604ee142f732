import type { RetentionStore, RevisionKind } from "../retention-store.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import type { NoteRemoval } from "./removal-note.ts";

/** Rows that a page looks at: some milliseconds. */
const pageRows = 500;

interface Revisions {
  readonly table: string;
  /** Columns of the thing that is revised. */
  readonly keys: readonly string[];
  readonly isEnd: string;
}

const revisions: Readonly<Record<RevisionKind, Revisions>> = {
  users: { table: "user_revisions", keys: ["id"], isEnd: "payload IS NULL" },
  items: { table: "item_revisions", keys: ["id"], isEnd: "payload IS NULL" },
  edges: {
    table: "edge_revisions",
    keys: ["user_id", "type", "target"],
    isEnd: "present = 0",
  },
};

function prepareStatements(connection: Connection, kind: RevisionKind) {
  const { table, keys, isEnd } = revisions[kind];
  const columns = keys.join(", ");
  const marks = keys.map(() => "?").join(", ");
  return {
    page: connection.prepare(
      `SELECT json_array(${columns}) AS id, sequence, ${isEnd} AS is_end FROM ${table}
       WHERE (${columns}) > (${marks}) ORDER BY ${columns}, sequence LIMIT ${pageRows}`,
    ),
    remove: connection.prepare(
      `DELETE FROM ${table} WHERE (${columns}) = (${marks}) AND sequence = ?`,
    ),
    blank: connection.prepare(
      "UPDATE item_revisions SET payload = NULL WHERE id = ? AND sequence = ?",
    ),
    start: JSON.stringify(keys.map(() => "")),
  };
}

const keysOf = (id: string) => JSON.parse(id) as readonly string[];

/** Rows of whole things: the last one of a full page is left to the next. */
function byThing(rows: readonly Row[]): readonly (readonly Row[])[] {
  const things = new Map<string, Row[]>();
  for (const row of rows) {
    const id = readText(row, "id");
    const own = things.get(id) ?? [];
    own.push(row);
    things.set(id, own);
  }
  const all = [...things.values()];
  return rows.length === pageRows && all.length > 1 ? all.slice(0, -1) : all;
}

export function createRevisionSweep(
  connection: Connection,
  commits: GroupCommit,
  note: NoteRemoval,
): RetentionStore["sweepRevisions"] {
  const prepared = {
    users: prepareStatements(connection, "users"),
    items: prepareStatements(connection, "items"),
    edges: prepareStatements(connection, "edges"),
  };

  /** Event numbers of a thing's rows that nothing reads any more, in order. */
  function unread(rows: readonly Row[], oldestRead: number): readonly number[] {
    const sequences = rows.map((row) => readNumber(row, "sequence"));
    const current = sequences.findLastIndex((sequence) => sequence <= oldestRead);
    if (current < 0) return [];
    const hasEnded = rows[current]?.is_end === 1;
    return sequences.slice(0, hasEnded ? current + 1 : current);
  }

  function sweepThing(kind: RevisionKind, rows: readonly Row[], oldestRead: number) {
    const { remove, blank } = prepared[kind];
    const id = readText(rows[0] ?? {}, "id");
    const old = unread(rows, oldestRead);
    if (kind !== "items") {
      for (const sequence of old) remove.run(...keysOf(id), sequence);
      return old;
    }
    // Of an item the first row stays, without its content, and so does its end.
    const [first, ...others] = old.filter((sequence) => {
      const row = rows.find((one) => one.sequence === sequence);
      return row === rows[0] || row?.is_end !== 1 || row !== rows.at(-1);
    });
    if (first !== undefined && rows[0]?.is_end !== 1) blank.run(...keysOf(id), first);
    for (const sequence of others) remove.run(...keysOf(id), sequence);
    return others;
  }

  return (kind, after, oldestRead) =>
    commits.run((numbers: EventNumbers) => {
      const { page, start } = prepared[kind];
      const rows = page.all(...keysOf(after === "" ? start : after));
      const things = byThing(rows);
      const sequences = things.flatMap((own) => sweepThing(kind, own, oldestRead));
      note({ name: kind, sequences }, numbers);
      const last = things.at(-1)?.[0];
      const isFull = rows.length === pageRows;
      return {
        removed: sequences.length,
        ...(isFull && last && { next: readText(last, "id") }),
      };
    });
}
