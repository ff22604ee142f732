import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

const longestDelayMs = 60_000;
/** A child that ran this long is well: its next failure counts as the first. */
const settledMs = 60_000;

/**
 * Pause before a failed child is started again, by number of failures in a row: 1, 2, 4 … 60
 * seconds.
 */
export const restartDelayMs = (failures: number): number =>
  Math.min(longestDelayMs, 1000 * 2 ** (failures - 1));

export interface SupervisedChild {
  /** Ends the child and starts no other. */
  stop(): Promise<void>;
}

const describeEnd = (code: number | null, signal: string | null) =>
  signal === null ? `with exit code ${code}` : `by ${signal}`;

/**
 * Keeps a child running: a child that ends by itself is started again after growing pauses. Neither
 * the child nor the pause before its next start keeps this process running; only `stop` waits.
 */
export function superviseChild(options: {
  /** Of the child, for the log. */
  readonly name: string;
  readonly start: () => ChildProcess;
  readonly log: (line: string) => void;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly delayMs?: (failures: number) => number;
  /** Time that `stop` leaves it. Default 5 s. */
  readonly killAfterMs?: number;
}): SupervisedChild {
  const { name, log, clock, delayMs = restartDelayMs, killAfterMs = 5000 } = options;
  let failures = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess | undefined;

  const run = () => {
    const startedAt = clock();
    const current = options.start();
    child = current;
    current.unref();
    // Bun's channel has no such method, and keeps nothing running.
    current.channel?.unref?.();
    const end = (how: string) => {
      if (stopping || child !== current) return;
      child = undefined;
      failures = clock() - startedAt >= settledMs ? 1 : failures + 1;
      const delay = delayMs(failures);
      log(`${name} ended ${how}; starting it again in ${delay / 1000} s`);
      timer = setTimeout(run, delay).unref();
    };
    current.on("exit", (code, signal) => end(describeEnd(code, signal)));
    // It could not be started, for example for want of memory.
    current.on("error", (error) => end(`before it started: ${error.message}`));
  };
  run();
  return {
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      if (child !== undefined) await endChild(child, killAfterMs);
    },
  };
}

async function endChild(child: ChildProcess, killAfterMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  await exited;
  clearTimeout(timer);
}
