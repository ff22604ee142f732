import { writeFolder } from "../exchange/onnx-export/write-folder.ts";
import { formatWhole } from "../numeric/format.ts";
import { interruptedExitCode, withInterruption } from "./interruption.ts";
import { createProgressLine } from "./progress.ts";

type Parts = AsyncIterable<Uint8Array | string>;

async function write(
  folder: string,
  files: Readonly<Record<string, Parts>>,
  signal: AbortSignal,
): Promise<void> {
  const line = createProgressLine({ stream: process.stderr, clock: Date.now });
  async function* shown(name: string, parts: Parts) {
    let [bytes, mebibytes] = [0, 0];
    for await (const part of parts) {
      signal.throwIfAborted();
      yield part;
      bytes += part.length;
      if (bytes < 2 ** 20 * (mebibytes + 1)) continue;
      mebibytes = Math.floor(bytes / 2 ** 20);
      line.update(`${formatWhole(mebibytes)} MiB of ${name}`);
    }
  }
  const all = Object.entries(files).map(([name, parts]) => [name, shown(name, parts)]);
  await writeFolder(folder, Object.fromEntries(all)).finally(() => line.stop());
}

/**
 * As `writeFolder`, with a line that shows how far it is. Ctrl-C leaves nothing behind.
 * @returns whether it is written; if not, the process ends with the exit code of an interruption
 */
export const writeLargeFolder = (
  folder: string,
  files: Readonly<Record<string, Parts>>,
): Promise<boolean> =>
  withInterruption(async (signal) => {
    try {
      await write(folder, files, signal);
      return true;
    } catch (error) {
      if (!signal.aborted) throw error;
      process.exitCode = interruptedExitCode;
      return false;
    }
  });
