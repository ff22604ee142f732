import { rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../domain/errors.ts";

const isOutputProblem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

export const failedOutput = (name: string, cause: Error): EngineError =>
  new EngineError(
    "invalid_file",
    `${name} can't be written: ${cause.message}; name a new file in a folder with room`,
    { details: { file: name }, cause },
  );

type Chunks = AsyncIterable<string | Uint8Array>;

/** A part of a file would pass for a whole one: it goes if the writing fails, or if the process ends before. */
async function fillFile(file: FileHandle, chunks: Chunks, path: string): Promise<void> {
  const discard = () => rmSync(path, { force: true });
  process.once("exit", discard);
  try {
    await pipeline(Readable.from(chunks), file.createWriteStream());
  } catch (error) {
    discard();
    throw error;
  } finally {
    process.off("exit", discard);
  }
}

async function writeNewFile(chunks: Chunks, path: string): Promise<void> {
  try {
    await fillFile(await open(path, "wx"), chunks, path);
  } catch (error) {
    throw isOutputProblem(error) ? failedOutput(path, error) : error;
  }
}

/**
 * Into a new file, which is whole or not there, or to standard output without a path. Never overwrites: the name could be
 * that of the database.
 *
 * @returns whether all were written; a reader of standard output may stop before, and `outliveOutput` tells of its other problems
 * @throws invalid_file
 */
export async function writeOutput(
  chunks: Chunks,
  path: string | undefined,
  standardOutput: Writable = process.stdout,
): Promise<boolean> {
  if (path !== undefined) {
    await writeNewFile(chunks, path);
    return true;
  }
  try {
    await pipeline(Readable.from(chunks), standardOutput, { end: false });
    return true;
  } catch (error) {
    if (!isOutputProblem(error)) throw error;
    return false;
  }
}
