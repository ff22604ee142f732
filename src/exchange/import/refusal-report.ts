import { closeSync, openSync, writeSync } from "node:fs";
import type { Refusal } from "./row.ts";
import { invalidFile } from "./text-source.ts";

/**
 * Collects refused rows: all of them in a file, if one is named, and the first ones for the
 * summary.
 */
export interface RefusalReport {
  readonly first: readonly Refusal[];
  add(refusal: Refusal): void;
  close(): void;
}

const maxListed = 20;

// Never overwrites: the name could be that of the file to be imported, or of the database.
function create(path: string): number {
  try {
    return openSync(path, "wx");
  } catch (cause) {
    throw invalidFile(path, `can't be created for the report (${cause}); name a new file`, cause);
  }
}

/** @param path a new file: JSONL with file, line and reason @throws invalid_file */
export function openRefusalReport(path: string | undefined): RefusalReport {
  const file = path === undefined ? undefined : create(path);
  const first: Refusal[] = [];
  return {
    first,
    add: (refusal) => {
      if (first.length < maxListed) first.push(refusal);
      if (file !== undefined) writeSync(file, `${JSON.stringify(refusal)}\n`);
    },
    close: () => {
      if (file !== undefined) closeSync(file);
    },
  };
}
