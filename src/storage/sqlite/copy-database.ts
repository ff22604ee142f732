import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "../../domain/errors.ts";
import { openConnection } from "./connection.ts";
import { findDamage } from "./inspect.ts";
import { checkDatabase } from "./migrate.ts";

/** A log without its database belongs to another one, and would change the copy. */
function refuseTaken(to: string): void {
  const taken = [to, `${to}-wal`, `${to}-journal`].find(existsSync);
  if (taken === undefined) return;
  const message = `${taken} exists already, and is not overwritten; name a new file, or move it away with all files of ${to}`;
  throw new EngineError("invalid_file", message, { details: { file: taken } });
}

function createFile(path: string): void {
  try {
    closeSync(openSync(path, "w"));
  } catch (cause) {
    const message = `${path} can't be written: ${(cause as Error).message}; name a file in a folder that exists, on a disk with room`;
    throw new EngineError("invalid_file", message, { details: { file: path }, cause });
  }
}

/** SQLite does not wait for the disk here, as it does for a commit. */
function waitForDisk(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeCopy(from: string, part: string): void {
  const connection = openConnection(from);
  try {
    checkDatabase(connection, from);
    connection.prepare("VACUUM INTO ?").run(part);
  } finally {
    connection.close();
  }
}

function checkCopy(from: string, part: string): void {
  const connection = openConnection(part);
  try {
    const [damage] = findDamage(connection);
    if (damage === undefined) return;
    const message = `${from} is damaged: ${damage}; take an earlier copy`;
    throw new EngineError("storage_unavailable", message, { details: { path: from } });
  } finally {
    connection.close();
  }
}

/**
 * Writes the database as it is at one moment into a new file, whole or not at all. Other processes may read and write it
 * meanwhile: they share its log, which grows until the end. Its version stays, so that earlier releases can open the copy of theirs.
 *
 * @throws invalid_file, storage_unavailable, unsupported_database_version
 */
export function copyDatabase(from: string, to: string): void {
  refuseTaken(to);
  const part = `${to}.part`;
  createFile(part);
  try {
    writeCopy(from, part);
    checkCopy(from, part);
    waitForDisk(part);
    renameSync(part, to);
    waitForDisk(dirname(to));
  } finally {
    rmSync(part, { force: true });
  }
}
