import { EngineError } from "../../domain/errors.ts";

/** Primary result codes of SQLite (the low byte of the extended ones) that say that the file, not the caller, is at fault. */
const remedies: Readonly<Record<number, string>> = {
  3: "access to the database file was denied; give this process read and write permission",
  5: "the database stayed locked by another process for 5 s; retry, or stop that process",
  6: "the database stayed locked for 5 s; retry",
  7: "SQLite is out of memory; give this process more",
  8: "the database is read-only; give this process write permission on the file and its folder",
  10: "reading or writing the database failed; check the disk",
  11: "the database file is damaged; restore it from a backup",
  13: "the disk is full; free some space and retry",
  14: "the database file cannot be opened; check that its folder exists and can be written to",
  15: "the locks of the database file do not work; put it on a local disk",
  26: "the file is not a database; choose another path or restore it from a backup",
};

const busyCode = 5;

/**
 * Result code without the detail that the higher bits carry, `undefined` if the error is not
 * SQLite's.
 */
function primaryCode(error: unknown): number | undefined {
  const isSqlite = error instanceof Error && "rawCode" in error;
  return isSqlite && typeof error.rawCode === "number" ? error.rawCode & 0xff : undefined;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busyCode;
}

/** The database's own words, for the details of a failure. A file that can't be opened has no code. */
export function sqliteDetails(error: unknown): { readonly reason: string; readonly code?: string } {
  const { message, code } = error as Error & { readonly code?: unknown };
  const isNamed = typeof code === "string" && code !== "";
  return { reason: message, ...(isNamed && { code }) };
}

/**
 * Failures from outside become `storage_unavailable`; all others are defects and stay as they are.
 */
export function translateError(error: unknown): unknown {
  const remedy = remedies[primaryCode(error) ?? 0];
  if (remedy === undefined) return error;
  return new EngineError("storage_unavailable", remedy, {
    details: sqliteDetails(error),
    cause: error,
  });
}

/** A commit of which nobody knows whether it will outlast a power cut. */
export const writeFailure = (cause: unknown): EngineError =>
  new EngineError(
    "storage_unavailable",
    "the disk failed to keep writes to the database; check it, then start this process again",
    { details: sqliteDetails(cause), cause },
  );
