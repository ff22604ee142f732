import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Store } from "../../src/storage/store.ts";

/** Opens the record of one test; every call opens the same one again. */
export type OpenStore = () => Promise<Store>;

type Reads = Partial<Pick<Store, "decisions" | "events" | "policies">>;

/** The store with other reads, also for whoever learns. */
export const withReads = (store: Store, reads: Reads): Store => ({
  ...store,
  ...reads,
  learnable: (byDefault) => ({ ...store.learnable(byDefault), ...reads }),
});

/** A folder that lasts as long as the test. */
export function createTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "recurve-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
