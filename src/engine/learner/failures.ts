import type { Cycle } from "../../domain/cycle.ts";

/** Attempts in a row that failed or were skipped, and the end of the last one. */
export interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

const longestPauseMs = 3_600_000;

/** 2^12 intervals are more than an hour for every interval that makes sense. */
export const countedFailures = 12;

/** @param recent newest first */
export function failuresOf(recent: readonly Cycle[]): Failures | undefined {
  const [last] = recent;
  const succeeded = recent.findIndex(
    ({ outcome }) => outcome !== "failed" && outcome !== "skipped",
  );
  if (last === undefined || succeeded === 0) return undefined;
  return { count: succeeded < 0 ? recent.length : succeeded, lastAt: last.finishedAt };
}

/** Whether the next attempt has to wait: after f failures for 2^f intervals. A clock that was set back ends the wait, which could last for years. */
export function isTooEarly(
  { count, lastAt }: Failures,
  now: number,
  intervalSeconds: number,
): boolean {
  const pauseMs = Math.min(longestPauseMs, intervalSeconds * 1000 * 2 ** count);
  return now >= lastAt && now < lastAt + pauseMs;
}
