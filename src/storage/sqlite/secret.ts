import { randomBytes } from "node:crypto";
import type { Store } from "../store.ts";
import { readBytes } from "./columns.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";

const sizeBytes = 32;

/** Processes that ask first at the same time agree: the first row stays. */
export function createSecret(connection: Connection, commits: GroupCommit): Store["secret"] {
  const write = connection.prepare("INSERT OR IGNORE INTO secret VALUES (1, ?)");
  const read = connection.prepare("SELECT bytes FROM secret");
  return async () => {
    if (read.get() === undefined) await commits.run(() => void write.run(randomBytes(sizeBytes)));
    return readBytes(read.get() ?? {}, "bytes");
  };
}
