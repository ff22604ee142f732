import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Store } from "../../src/storage/store.ts";

/** Opens the record of one test; every call opens the same one again. */
export type OpenStore = () => Promise<Store>;

/** Of a folder of Python packages on a machine in use. */
const removalMs = 120_000;

/** A folder that lasts as long as the test. */
export function createTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "recurve-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }), removalMs);
  return folder;
}
