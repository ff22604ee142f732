import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { modulePath } from "./package.ts";

const longestDelayMs = 60_000;
/** A child that ran this long is well: its next failure counts as the first. */
const settledMs = 60_000;
const killAfterMs = 5000;

/** Pause before a child that failed so many times in a row is started again: 1, 2, 4 … 60 seconds. */
export const restartDelayMs = (failures: number): number =>
  Math.min(longestDelayMs, 1000 * 2 ** (failures - 1));

/** Starts `recurve …` as a process of its own that ends with this one. */
export const forkCommand = (commandArguments: readonly string[]): ChildProcess =>
  fork(modulePath("main"), commandArguments);

export interface SupervisedChild {
  /** Ends the child and starts no other. */
  stop(): Promise<void>;
}

const describeEnd = (code: number | null, signal: string | null) =>
  signal === null ? `with exit code ${code}` : `by ${signal}`;

/** Keeps a child running: one that ends by itself is started again, later and later. */
export function superviseChild(options: {
  /** Of the child, for the log. */
  readonly name: string;
  readonly start: () => ChildProcess;
  readonly log: (line: string) => void;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly delayMs?: (failures: number) => number;
}): SupervisedChild {
  const { name, log, clock, delayMs = restartDelayMs } = options;
  let failures = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess | undefined;

  const run = () => {
    const startedAt = clock();
    const current = options.start();
    child = current;
    const end = (how: string) => {
      if (stopping || child !== current) return;
      child = undefined;
      failures = clock() - startedAt >= settledMs ? 1 : failures + 1;
      const delay = delayMs(failures);
      log(`${name} ended ${how}; starting it again in ${delay / 1000} s`);
      timer = setTimeout(run, delay);
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
      if (child !== undefined) await endChild(child);
    },
  };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  await exited;
  clearTimeout(timer);
}
