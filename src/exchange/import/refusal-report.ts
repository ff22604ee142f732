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

function append(file: number, path: string, refusal: Refusal): void {
  try {
    writeSync(file, `${JSON.stringify(refusal)}\n`);
  } catch (cause) {
    const remedy = "name a new file on a disk with room; the same rows can be imported again";
    throw invalidFile(path, `can't be written for the report (${cause}); ${remedy}`, cause);
  }
}

/** @param path a new file: JSONL with file, line and reason @throws invalid_file */
export function openRefusalReport(path: string | undefined): RefusalReport {
  const file = path === undefined ? undefined : { path, opened: create(path) };
  const first: Refusal[] = [];
  return {
    first,
    add: (refusal) => {
      if (first.length < maxListed) first.push(refusal);
      if (file !== undefined) append(file.opened, file.path, refusal);
    },
    close: () => {
      if (file !== undefined) closeSync(file.opened);
    },
  };
}
