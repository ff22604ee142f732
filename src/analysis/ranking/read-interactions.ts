import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { readMovielens } from "../../exchange/import/movielens/read-movielens.ts";
import { findFormat, openRows } from "../../exchange/import/read-rows.ts";
import type { RowSource } from "../../exchange/import/row.ts";
import { invalidFile, unreadable } from "../../exchange/import/text-source.ts";
import { collectEvents } from "./collect-events.ts";
import type { InteractionData } from "./interaction-data.ts";
import { readSequenceFile } from "./read-sequence-file.ts";

export interface ReadingOptions {
  /** Milliseconds since 1970: no event is from later. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Rows of events in the order of the file, with the name of their form. */
export interface EventRows extends RowSource {
  readonly form: string;
}

/** A MovieLens folder, or events as for `recurve import events`. @throws invalid_file if it is neither */
export async function openEvents(path: string, options: ReadingOptions): Promise<EventRows> {
  if (await isFolder(path)) return { ...(await readMovielens(path, options)), form: "MovieLens" };
  const format = findFormat(path);
  if (format === undefined)
    throw invalidFile(
      path,
      "must be a data folder, or a file that ends in .jsonl, .csv, .parquet or .txt",
    );
  const source = await openRows(path, { kind: "events", format, ...options });
  return { ...source, form: `events, ${format.toUpperCase()}` };
}

/**
 * A folder or `.txt` file of sequences as SASRec ("user item" a line) or S3-Rec ("user item item …") publish them, or any events.
 *
 * @throws invalid_file if it is none of these
 */
export async function readInteractions(
  path: string,
  options: ReadingOptions,
): Promise<InteractionData> {
  const name = basename(resolve(path));
  if (path.endsWith(".txt") && !(await isFolder(path))) return readSequenceFile(path, name);
  const sequences = (await isFolder(path)) ? await findSequenceFile(path, name) : undefined;
  if (sequences !== undefined) return readSequenceFile(sequences, name);
  const { rows, form, close } = await openEvents(path, options);
  return collectEvents(rows, { name, form }).finally(close);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * The folder's `.txt` with its own name, as ml-1m/ml-1m.txt, or the only file that is no README.
 */
async function findSequenceFile(folder: string, name: string): Promise<string | undefined> {
  const texts = (await readdir(folder)).filter(
    (file) => file.endsWith(".txt") && !/^readme/i.test(file),
  );
  const found = texts.find((file) => file === `${name}.txt`) ?? (texts.length === 1 && texts[0]);
  return found ? join(folder, found) : undefined;
}
