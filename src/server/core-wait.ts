import { openSync, readSync } from "node:fs";

/** Of this thread: nanoseconds on a core, nanoseconds that it waited for one, and how often it got one. */
const schedule = "/proc/thread-self/schedstat";

/** Milliseconds for which this thread has waited for a core since its start; 0 on systems that don't tell, all but Linux. */
export type ReadCoreWait = () => number;

function open(): ReadCoreWait {
  const text = Buffer.alloc(80);
  try {
    const file = openSync(schedule, "r");
    return () => {
      const length = readSync(file, text, 0, text.length, 0);
      return Number(text.toString("latin1", 0, length).split(" ")[1]) / 1e6 || 0;
    };
  } catch {
    return () => 0;
  }
}

let opened: ReadCoreWait | undefined;

/** Opens the file once a thread. A reading takes some 5 µs. */
export function openCoreWait(): ReadCoreWait {
  opened ??= open();
  return opened;
}
