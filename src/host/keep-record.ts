import type { LearnOptions } from "../engine/learner/learn.ts";
import { continueErasures } from "../engine/privacy/erase-user.ts";
import { prune } from "../engine/privacy/prune.ts";
import { settleReactions } from "../engine/reactions/record-reactions.ts";

/** Between sweeps: a row stays at most so much longer than its time. */
const sweepMs = 600_000;
/** Between looks for reactions that have occurred: they become events at most so much later. */
const settleMs = 30_000;

interface KeepOptions extends Pick<LearnOptions, "store" | "configuration" | "signal" | "wait"> {
  readonly onError: (error: Error) => void;
}

async function repeat(
  { signal, wait, onError }: KeepOptions,
  pauseMs: number,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch(onError);
    await wait(pauseMs);
  }
}

/**
 * Ends erasures that were broken off, removes rows that are past their time, and makes reactions events once they have occurred,
 * beside the learner and until the signal is aborted.
 */
export async function keepRecord(options: KeepOptions): Promise<void> {
  const parts = { ...options, clock: Date.now };
  const sweep = async () => {
    await continueErasures(parts);
    await prune(parts);
  };
  await Promise.all([
    repeat(options, sweepMs, sweep),
    repeat(options, settleMs, () => settleReactions(parts)),
  ]);
}
