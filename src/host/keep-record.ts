import type { LearnOptions } from "../engine/learner/learn.ts";
import { continueErasures } from "../engine/privacy/erase-user.ts";
import { prune } from "../engine/privacy/prune.ts";

/** Between sweeps: a row stays at most so much longer than its time. */
const sweepMs = 600_000;

/**
 * Ends erasures that were broken off, and removes rows that are past their time, beside the learner and
 * until the signal is aborted.
 */
export async function keepRecord(
  options: Pick<LearnOptions, "store" | "configuration" | "signal" | "wait"> & {
    readonly onError: (error: Error) => void;
  },
): Promise<void> {
  const { signal, wait, onError } = options;
  while (!signal.aborted) {
    try {
      await continueErasures({ ...options, clock: Date.now });
      await prune({ ...options, clock: Date.now });
    } catch (error) {
      onError(error as Error);
    }
    await wait(sweepMs);
  }
}
