import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../../domain/errors.ts";
import type { ImportRow } from "./row.ts";

export type DatedRow = Extract<ImportRow, { kind: "event" }>;

const chunkBytes = 65_536;
const newline = 10;

interface Span {
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

/** Runs of rows that wait in a temporary file. Memory: 64 kB a run while they are read. */
export interface RowRuns {
  /** @throws storage_unavailable if there is no room */
  write(rows: readonly DatedRow[]): void;
  /** Each run's rows, in the order in which they were written. */
  read(): readonly Iterator<DatedRow, void>[];
  close(): void;
}

function* readRun({ file, start, end }: Span): Generator<DatedRow, void> {
  let rest = Buffer.alloc(0);
  for (let at = start; at < end; ) {
    const chunk = Buffer.alloc(Math.min(chunkBytes, end - at));
    at += readSync(file, chunk, 0, chunk.length, at);
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.lastIndexOf(newline) + 1;
    rest = bytes.subarray(whole);
    for (const line of bytes.toString("utf8", 0, whole).split("\n"))
      if (line !== "") yield JSON.parse(line) as DatedRow;
  }
}

/** The file is made with the first run. */
export function createRowRuns(): RowRuns {
  let opened: { readonly folder: string; readonly file: number } | undefined;
  const spans: Span[] = [];
  const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

  function open() {
    const folder = mkdtempSync(join(tmpdir(), "recurve-import-"));
    opened = { folder, file: openSync(join(folder, "rows.jsonl"), "w+") };
    // Without its name a process that is killed leaves no users' data. Windows can't remove an open file.
    if (process.platform !== "win32") remove(folder);
    return opened;
  }

  return {
    write: (rows) => {
      const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      const start = spans.at(-1)?.end ?? 0;
      try {
        const { file } = opened ?? open();
        for (let written = 0; written < bytes.length; )
          written += writeSync(file, bytes, written, bytes.length - written, start + written);
        spans.push({ file, start, end: start + bytes.length });
      } catch (cause) {
        throw new EngineError(
          "storage_unavailable",
          `the rows can't be put in order of time in ${tmpdir()}: ${String(cause)}; set TMPDIR to a folder with room for the file`,
          { details: { folder: tmpdir() }, cause },
        );
      }
    },
    read: () => spans.map(readRun),
    close: () => {
      if (opened === undefined) return;
      closeSync(opened.file);
      remove(opened.folder);
      opened = undefined;
    },
  };
}
