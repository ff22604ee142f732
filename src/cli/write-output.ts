import { createWriteStream } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EngineError } from "../domain/errors.ts";

const isOutputProblem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

/**
 * Into a new file, or to standard output without a path. Never overwrites: the name could be that
 * of the database.
 *
 * @returns whether all were written; a reader of standard output may stop before
 * @throws invalid_file
 */
export async function writeOutput(
  chunks: AsyncIterable<string | Uint8Array>,
  path: string | undefined,
  standardOutput: Writable = process.stdout,
): Promise<boolean> {
  const output = path === undefined ? standardOutput : createWriteStream(path, { flags: "wx" });
  try {
    await pipeline(Readable.from(chunks), output, { end: path !== undefined });
    return true;
  } catch (error) {
    if (!isOutputProblem(error)) throw error;
    // The reader stopped early: recurve export decisions | head
    if (path === undefined && error.code === "EPIPE") return false;
    const message = `${path ?? "standard output"} can't be written: ${error.message}; name a new file on a disk with room`;
    throw new EngineError("invalid_file", message, { details: { file: path }, cause: error });
  }
}
