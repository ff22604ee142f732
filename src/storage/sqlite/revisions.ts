import type { Revision } from "../../domain/catalogue.ts";
import type { Json } from "../../domain/json.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { PutSummary, RevisionStore } from "../revision-store.ts";
import { readNumber } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";

/** How the rows of one table of revisions are written as JSON, without their id, and read again. */
export interface RevisionTable<T, Id extends string> {
  readonly name: "user_revisions" | "item_revisions" | "campaign_revisions";
  /** Rows have the time at which they were written. */
  readonly isTimed?: true;
  readonly idOf: (row: T) => Id;
  readonly encode: (row: T) => Json;
  readonly decode: (row: Row) => Revision<T>;
}

function prepareStatements(
  connection: Connection,
  { name: table, isTimed }: Pick<RevisionTable<never, never>, "name" | "isTimed">,
) {
  const newest = `payload IS NOT NULL
    AND sequence = (SELECT max(sequence) FROM ${table} WHERE id = revision.id)`;
  return {
    find: connection.prepare(
      `SELECT id, sequence, payload FROM ${table} WHERE id = ? AND sequence <= ?
       ORDER BY sequence DESC LIMIT 1`,
    ),
    insert: connection.prepare(
      `INSERT INTO ${table} (id, sequence, payload${isTimed ? ", written_at" : ""})
       VALUES (?1, ?2, ?3${isTimed ? ", ?4" : ""})`,
    ),
    list: connection.prepare(
      `SELECT id, sequence, payload FROM ${table} AS revision WHERE id > ? AND ${newest}
       ORDER BY id LIMIT ?`,
    ),
    count: connection.prepare(`SELECT count(*) AS rows FROM ${table} AS revision WHERE ${newest}`),
  };
}

interface Written {
  readonly payload: string | null;
  readonly writtenAt?: number | undefined;
}

/** Writes that belong to a revision, in its commit. */
interface RevisionHooks<T> {
  /** @param before the newest revision, if there is one */
  readonly onPut?: (row: T, numbers: EventNumbers, before: Row | undefined, at: number) => void;
  /** Writes a part of the row that has a table of its own. @returns whether it changed */
  readonly putBeside?: (row: T, numbers: EventNumbers) => boolean;
  readonly onDelete?: (before: Row, numbers: EventNumbers, at: number) => void;
}

interface RevisionOptions<T, Id extends string> extends RevisionHooks<T> {
  readonly connection: Connection;
  readonly commits: GroupCommit;
  readonly table: RevisionTable<T, Id>;
}

/** Reads and writes of single rows, inside a transaction. */
function prepareRows<T, Id extends string>(
  { table, onPut, putBeside }: RevisionOptions<T, Id>,
  statements: ReturnType<typeof prepareStatements>,
) {
  function findRow(id: Id, asOf: number): Row | undefined {
    const row = statements.find.get(id, asOf);
    return row?.payload === null ? undefined : row;
  }

  function insert(id: Id, numbers: EventNumbers, { payload, writtenAt }: Written): void {
    const time = table.isTimed ? [writtenAt ?? null] : [];
    statements.insert.run(id, numbers.next(), payload, ...time);
  }

  function putRow(row: T, numbers: EventNumbers, writtenAt?: number): keyof PutSummary {
    const id = table.idOf(row);
    const payload = canonicalJson(table.encode(row));
    const before = findRow(id, Number.MAX_SAFE_INTEGER);
    const hasChanged = putBeside?.(row, numbers) ?? false;
    if (before?.payload === payload) return hasChanged ? "updated" : "unchanged";
    insert(id, numbers, { payload, writtenAt });
    onPut?.(row, numbers, before, writtenAt ?? 0);
    return before === undefined ? "created" : "updated";
  }

  return { findRow, insert, putRow };
}

export function createRevisionStore<T, Id extends string>(
  options: RevisionOptions<T, Id>,
): RevisionStore<T, Id> {
  const { connection, commits, table, onDelete } = options;
  const statements = prepareStatements(connection, table);
  const { findRow, insert, putRow } = prepareRows(options, statements);
  return {
    put: (rows, writtenAt) =>
      commits.run((numbers) => {
        const summary = { created: 0, updated: 0, unchanged: 0 };
        for (const row of rows) summary[putRow(row, numbers, writtenAt)] += 1;
        return summary;
      }),
    change: (id, make, writtenAt) =>
      commits.run((numbers) => {
        const before = findRow(id, Number.MAX_SAFE_INTEGER);
        const row = make(before && table.decode(before));
        if (row !== undefined) putRow(row, numbers, writtenAt);
        return row;
      }),
    find: async (id, asOf = Number.MAX_SAFE_INTEGER) => {
      const row = findRow(id, asOf);
      return row && table.decode(row);
    },
    delete: (id, writtenAt) =>
      commits.run((numbers) => {
        const before = findRow(id, Number.MAX_SAFE_INTEGER);
        if (before === undefined) return false;
        insert(id, numbers, { payload: null, writtenAt });
        onDelete?.(before, numbers, writtenAt ?? 0);
        return true;
      }),
    list: async ({ after = "" as Id, limit }) => {
      const found = statements.list.all(after, limit + 1);
      const rows = found.slice(0, limit).map(table.decode);
      const last = rows.at(-1);
      return found.length > limit && last ? { rows, next: table.idOf(last) } : { rows };
    },
    count: async () => readNumber(statements.count.get() ?? {}, "rows"),
  };
}
