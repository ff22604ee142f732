import { openSqliteStore } from "../storage/sqlite/open.ts";
import type { Store } from "../storage/store.ts";
import { checkOptions, someText } from "./input/check-options.ts";

export { cycleRecord } from "../storage/cycle-record-schema.ts";
export { policyEvidence } from "../storage/policy-evidence-schema.ts";
export type { PseudonymKey } from "../storage/pseudonym-store.ts";
export { copyDatabase } from "../storage/sqlite/copy-database.ts";
export { appendToList, erasureListOf } from "../storage/sqlite/erasure-list.ts";
export { type DatabaseState, inspectDatabase } from "../storage/sqlite/inspect.ts";
export { noteBackup } from "../storage/sqlite/written-files.ts";
export type { Store } from "../storage/store.ts";

/**
 * The record that the command line works on: a file, created if absent.
 * @throws storage_unavailable, invalid_request
 */
export async function openStore(path: string): Promise<Store> {
  checkOptions({ path }, { path: someText });
  return openSqliteStore(path);
}

/** The same for a process that serves: work that waits for the disk is done beside its event loop. */
export const openServingStore = (path: string): Promise<Store> =>
  openSqliteStore(path, { checkpointsBeside: true });
