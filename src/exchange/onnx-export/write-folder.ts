import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EngineError } from "../../domain/errors.ts";

const hasCode = (error: unknown, code: string) =>
  error instanceof Error && "code" in error && error.code === code;

/**
 * @throws conflict if the folder holds anything, so that a wrong name never mixes or overwrites
 * files
 */
async function isEmptyFolder(folder: string): Promise<boolean> {
  try {
    const entries = await readdir(folder);
    if (entries.length === 0) return true;
    const message = `folder ${folder} is not empty (it has ${entries[0]}); name a new one, or empty it first`;
    throw new EngineError("conflict", message, { details: { folder, entries: entries.length } });
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}

/** A whole file, or the parts that it is written in. */
type FileContent = Uint8Array | string | AsyncIterable<Uint8Array | string>;

/**
 * Writes the files of a new folder one after the other: it exists with all of them, or not at all.
 * @throws conflict if it holds anything already, invalid_file if it can't be written
 */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, FileContent>>,
): Promise<void> {
  const target = resolve(folder);
  const draft = `${target}.partial-${process.pid}`;
  try {
    const isEmpty = await isEmptyFolder(folder);
    await mkdir(draft);
    for (const [name, content] of Object.entries(files))
      await writeFile(join(draft, name), content, { flush: true });
    if (isEmpty) await rmdir(target);
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    // Parts come from the record, whose problems are not the folder's.
    if (!(cause instanceof Error && "syscall" in cause)) throw cause;
    const problem = cause.message;
    const message = `folder ${folder} can't be written: ${problem}; name a new folder in one that is there, on a disk with room`;
    throw new EngineError("invalid_file", message, { details: { folder, problem }, cause });
  }
}
