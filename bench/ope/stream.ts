import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export interface StreamedRun {
  /** Through all estimators at once, the making of the rows not counted. */
  readonly rowsPerSecond: number;
  readonly estimators: number;
  /** Largest resident set of the process, from its start on. */
  readonly peakMegabytes: number;
}

/** Streams rows in a process of its own, so that nothing else counts into its memory. */
export async function streamRows(size: { rows: number; actions: number }): Promise<StreamedRun> {
  const program = join(import.meta.dirname, "stream-process.ts");
  const child = fork(program, [String(size.rows), String(size.actions)], {
    execArgv: ["--import", import.meta.resolve("tsx")],
  });
  const ended = once(child, "exit");
  const [run] = await Promise.race([
    once(child, "message"),
    ended.then(([code]) => {
      throw new Error(`the stream ended with ${code} before it had an answer`);
    }),
  ]);
  child.disconnect();
  await ended;
  return run as StreamedRun;
}
