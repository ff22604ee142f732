import { openSqliteStore } from "../storage/sqlite/open.ts";
import type { Store } from "../storage/store.ts";

export type { Store } from "../storage/store.ts";

/** The record that the command line works on: a file, created where there is none. @throws storage_unavailable */
export function openStore(path: string): Promise<Store> {
  return openSqliteStore(path);
}
