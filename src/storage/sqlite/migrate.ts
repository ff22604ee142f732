import { EngineError } from "../../domain/errors.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { migrations } from "./migrations.ts";

/** "RCRV": marks the file as one of ours. */
const applicationId = 0x52_43_52_56;

const stateOfFile = `SELECT user_version, application_id,
    (SELECT count(*) FROM sqlite_schema) AS tables
  FROM pragma_user_version, pragma_application_id`;

/** Nothing was ever written into it. */
export const isNew = (connection: Connection): boolean =>
  readNumber(connection.prepare(stateOfFile).get() ?? {}, "tables") === 0;

export function readVersion(connection: Connection): number {
  return readNumber(connection.prepare("PRAGMA user_version").get() ?? {}, "user_version");
}

/**
 * Refuses a foreign or newer database before anything is written.
 * @throws unsupported_database_version, storage_unavailable
 */
export function checkDatabase(connection: Connection, path: string): void {
  // One statement, one moment: another process may be creating the file.
  const row = connection.prepare(stateOfFile).get() ?? {};
  const version = readNumber(row, "user_version");
  const isOurs = readNumber(row, "application_id") === applicationId;
  if (!isOurs && (version > 0 || readNumber(row, "tables") > 0)) {
    throw new EngineError(
      "storage_unavailable",
      `${path} is the database of another program; choose another path`,
      { details: { path } },
    );
  }
  if (version > migrations.length) {
    throw new EngineError(
      "unsupported_database_version",
      `${path} has database version ${version}, this program knows versions up to ${migrations.length}; ` +
        "use the newer release that wrote it, or another path",
      { details: { path, version, supported: migrations.length } },
    );
  }
}

/** Brings the schema up to date, each step in a transaction with its number. Processes that start together take turns. */
export function migrate(connection: Connection): void {
  while (readVersion(connection) < migrations.length) {
    connection.exec("BEGIN IMMEDIATE");
    try {
      const version = readVersion(connection);
      connection.exec(migrations[version] ?? "");
      connection.exec(`PRAGMA application_id = ${applicationId}`);
      connection.exec(`PRAGMA user_version = ${Math.min(version + 1, migrations.length)}`);
      connection.exec("COMMIT");
    } catch (error) {
      if (connection.inTransaction) connection.exec("ROLLBACK");
      throw error;
    }
  }
}
