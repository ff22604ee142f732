import { createWriteStream } from "node:fs";
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

/**
 * Into a new file, or to standard output without a path. Never overwrites: the name could be that
 * of the database.
 *
 * @returns whether all were written; a reader of standard output may stop before, and `outliveOutput` tells of its other problems
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
    if (path === undefined) return false;
    throw failedOutput(path, error);
  }
}
