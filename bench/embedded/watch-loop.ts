import { readFileSync } from "node:fs";

/** How long the event loop stood still, turn by turn. */
export interface LoopDelays {
  /** As requests felt it. */
  readonly wallMs: number[];
  /**
   * Without the time in which the loop wanted a core and other threads had them all: work, disk and
   * locks.
   */
  readonly ownMs: number[];
  /** Work alone. */
  readonly cpuMs: number[];
}

const intervalMs = 1;

/**
 * Nanoseconds that this process' main thread has run, and has waited for a core. Linux tells;
 * elsewhere both count as 0.
 */
function readSchedule(): { readonly ran: number; readonly waited: number } {
  try {
    const [ran, waited] = readFileSync("/proc/self/schedstat", "utf8").split(" ").map(Number);
    return { ran: ran!, waited: waited! };
  } catch {
    return { ran: 0, waited: 0 };
  }
}

/** Notes every turn until it is stopped. */
export function watchLoop(): { stop(): LoopDelays } {
  const delays: LoopDelays = { wallMs: [], ownMs: [], cpuMs: [] };
  let last = performance.now();
  let schedule = readSchedule();
  const timer = setInterval(() => {
    const now = performance.now();
    const { ran, waited } = readSchedule();
    const delay = Math.max(0, now - last - intervalMs);
    delays.wallMs.push(delay);
    delays.ownMs.push(Math.max(0, delay - (waited - schedule.waited) / 1e6));
    delays.cpuMs.push((ran - schedule.ran) / 1e6);
    last = now;
    schedule = { ran, waited };
  }, intervalMs);
  return {
    stop: () => {
      clearInterval(timer);
      return delays;
    },
  };
}
