import { statSync } from "node:fs";
import Database from "libsql";
import { EngineError } from "../../domain/errors.ts";
import { isBusy, sqliteDetails, translateError } from "./sqlite-error.ts";

/** Values that may be bound. */
export type SqlValue = string | number | null | Uint8Array;
export type Row = Readonly<Record<string, unknown>>;

export interface Statement {
  all(...values: readonly SqlValue[]): readonly Row[];
  get(...values: readonly SqlValue[]): Row | undefined;
  /** Number of rows changed. For every statement that writes: after an error `get` would repeat it on the next call. */
  run(...values: readonly SqlValue[]): number;
}

/** One connection to one file. Synchronous: a transaction between two ticks needs no lock of its own. */
export interface Connection {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  /** Like `exec`, but does not wait for a lock: false if another connection holds it. */
  tryExec(sql: string): boolean;
  readonly inTransaction: boolean;
  close(): void;
}

/**
 * For reads and for opening, when waiting is rare and short (another process recovers or truncates
 * the log).
 */
export const busyTimeoutMs = 5000;

// SQLite hands text back up to its first NUL, and libsql replaces lone surrogates: such an id would turn into another.
const unstorable = /[\0\p{Surrogate}]/u;

function checkValue(value: SqlValue): SqlValue {
  if (typeof value === "number" || value === null || value instanceof Uint8Array) return value;
  // libsql aborts the whole process on a boolean.
  if (typeof value !== "string") throw new TypeError(`${typeof value} cannot be bound in SQL`);
  if (!unstorable.test(value)) return value;
  throw new EngineError(
    "invalid_request",
    `text must hold neither NUL nor a lone surrogate, got ${JSON.stringify(value.slice(0, 100))}; remove that character`,
    { details: { value } },
  );
}

function open(path: string): Database.Database {
  try {
    return new Database(path, { timeout: busyTimeoutMs });
  } catch (cause) {
    const remedy = statSync(path, { throwIfNoEntry: false })?.isDirectory()
      ? "it is a folder; name a file"
      : "check that its folder exists and can be written to";
    throw new EngineError("storage_unavailable", `cannot open the database ${path}: ${remedy}`, {
      details: { path, ...sqliteDetails(cause) },
      cause,
    });
  }
}

/** Opens or creates the file; reads and writes nothing yet. Path ":memory:" is a database of its own. */
export function openConnection(path: string): Connection {
  const database = open(path);

  function guard<T>(action: () => T): T {
    if (!database.open) throw new EngineError("storage_unavailable", "the store is closed");
    try {
      return action();
    } catch (error) {
      throw translateError(error);
    }
  }

  function prepare(sql: string): Statement {
    const statement = guard(() => database.prepare<SqlValue[][]>(sql));
    return {
      all: (...values) => guard(() => statement.all(values.map(checkValue)) as readonly Row[]),
      get: (...values) => guard(() => statement.get(values.map(checkValue)) as Row | undefined),
      run: (...values) => guard(() => statement.run(values.map(checkValue)).changes),
    };
  }

  function execUnlessBusy(sql: string): boolean {
    try {
      database.exec(`PRAGMA busy_timeout = 0; ${sql}`);
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw error;
    } finally {
      database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    }
  }

  return {
    prepare,
    exec: (sql) => guard(() => database.exec(sql)),
    tryExec: (sql) => guard(() => execUnlessBusy(sql)),
    get inTransaction() {
      return database.inTransaction;
    },
    close: () => {
      if (database.open) database.close();
    },
  };
}
