import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for what the workers of one run make once and keep: they are ended by a signal, and can't clear up. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "recurve-run-"));
  process.env.RECURVE_TEST_FOLDER = folder;
  return () => rmSync(folder, { recursive: true });
}
