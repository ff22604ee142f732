import { type FileHandle, open } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { EngineError } from "../../domain/errors.ts";

/** Bytes to be read, with a name for messages. The opener of a source closes it. */
export interface TextSource {
  readonly name: string;
  readonly stream: Readable;
  /** Ends the reading: the rows end there, without an error. */
  readonly signal: AbortSignal;
  /** Part of the bytes that has been read, in [0, 1]; `undefined` if their number is unknown. */
  share(): number | undefined;
  close(): void;
}

/** Characters that one row may have: more is a file of another format, or a quote that is never closed. */
export const maxRowLength = 1_000_000;

export const notUtf8 = "is not UTF-8 text; convert the file";

/** Standard input, or another stream. */
export function streamSource(name: string, stream: Readable, signal: AbortSignal): TextSource {
  // The iteration reports errors to its reader; this listener is for the moments without a reader.
  stream.on("error", () => undefined);
  addAbortSignal(signal, stream);
  return { name, stream, signal, share: () => undefined, close: () => void stream.destroy() };
}

/** @throws invalid_file if there is no readable file */
export async function openFile(path: string, signal: AbortSignal): Promise<TextSource> {
  const { handle, sizeBytes } = await openReadable(path);
  const stream = handle.createReadStream();
  return {
    ...streamSource(path, stream, signal),
    share: () => (sizeBytes === 0 ? undefined : Math.min(1, stream.bytesRead / sizeBytes)),
  };
}

async function openReadable(path: string): Promise<{ handle: FileHandle; sizeBytes: number }> {
  try {
    const handle = await open(path);
    const stats = await handle.stat();
    if (!stats.isDirectory()) return { handle, sizeBytes: stats.size };
    await handle.close();
  } catch (cause) {
    throw unreadable(path, cause);
  }
  throw invalidFile(path, "is a folder; name a file");
}

export function unreadable(name: string, cause: unknown): EngineError {
  return invalidFile(name, `can't be read: ${String(cause)}`, cause);
}

export function invalidFile(name: string, problem: string, cause?: unknown): EngineError {
  return new EngineError("invalid_file", `${name} ${problem}`, { details: { file: name }, cause });
}
