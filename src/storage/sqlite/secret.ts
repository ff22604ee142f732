import { randomBytes } from "node:crypto";
import type { Store } from "../store.ts";
import { readBytes } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { retryWhileLocked } from "./lock-wait.ts";

const sizeBytes = 32;

const readSecret = "SELECT bytes FROM secret";

/** Before all else: a copy that lacked it could not check the receipts of its database. Of processes that open at the same time the first counts. */
export async function ensureSecret(connection: Connection): Promise<void> {
  if (connection.prepare(readSecret).get() !== undefined) return;
  const bytes = randomBytes(sizeBytes).toString("hex");
  const insert = `INSERT OR IGNORE INTO secret VALUES (1, x'${bytes}')`;
  await retryWhileLocked(() => connection.tryExec(insert));
}

export function createSecret(connection: Connection): Store["secret"] {
  const read = connection.prepare(readSecret);
  return async () => readBytes(read.get() ?? {}, "bytes");
}
