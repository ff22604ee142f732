import { existsSync } from "node:fs";
import { readNumber, readText } from "./columns.ts";
import { type Connection, openConnection } from "./connection.ts";
import { checkDatabase } from "./migrate.ts";
import { migrations } from "./migrations.ts";

/** Problems that are reported of a damaged file, the first ones. */
const mostProblems = 5;

/** Pages and rows that are not as SQLite left them; reads the whole file. */
export function findDamage(connection: Connection): readonly string[] {
  const rows = connection.prepare(`PRAGMA integrity_check(${mostProblems})`).all();
  const found = rows.map((row) => readText(row, "integrity_check").replaceAll("\n", " "));
  return found.filter((line) => line !== "ok");
}

/** State of a database's file, read without a change to it. */
export interface DatabaseState {
  /** Of the schema. */
  readonly version: number;
  /** Of the schema that this program writes. */
  readonly newest: number;
  readonly damage: readonly string[];
  readonly sizeBytes: number;
}

/**
 * Undefined if there is no file.
 * @throws storage_unavailable, unsupported_database_version
 */
export function inspectDatabase(path: string): DatabaseState | undefined {
  if (!existsSync(path)) return undefined;
  const connection = openConnection(path);
  try {
    checkDatabase(connection, path);
    const read = (sql: string, name: string) =>
      readNumber(connection.prepare(sql).get() ?? {}, name);
    return {
      version: read("PRAGMA user_version", "user_version"),
      newest: migrations.length,
      damage: findDamage(connection),
      sizeBytes: read("PRAGMA page_count", "page_count") * read("PRAGMA page_size", "page_size"),
    };
  } finally {
    connection.close();
  }
}
