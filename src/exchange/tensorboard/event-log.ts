import { appendFile, mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeEvent, encodeStart, type LoggedEvent, readEnd } from "./event-file.ts";

/** A run of TensorBoard: a folder with one event file, to which later events are added. */
export interface EventLog {
  /** The last step that the file has, −1 if there is none. */
  readonly step: number;
  append(event: LoggedEvent): Promise<void>;
}

/** TensorBoard takes a file for an event file by this part of its name. */
const marker = "tfevents";
const msPerSecond = 1000;

/** @param at time of a new file, milliseconds since 1970 */
export async function openEventLog(folder: string, at: number): Promise<EventLog> {
  await mkdir(folder, { recursive: true });
  const known = (await readdir(folder)).find((name) => name.includes(marker));
  const path = join(
    folder,
    known ?? `events.out.${marker}.${Math.floor(at / msPerSecond)}.recurve`,
  );
  if (known === undefined) await writeFile(path, encodeStart(at));
  const { step, length } = readEnd(await readFile(path));
  await truncate(path, length);
  return { step, append: (event) => appendFile(path, encodeEvent(event)) };
}
