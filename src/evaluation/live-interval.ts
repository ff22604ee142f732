import { asymptoticSequenceInterval, tightestRows } from "./intervals/asymptotic-sequence.ts";
import { plannedSequenceInterval } from "./intervals/planned-sequence.ts";

/** Each end errs in at most 1 % of the comparisons, over all of their looks. */
const miss = 0.02;
/** The sequence is tightest where its error is this share of the mean that rewards add: differences of 10 to 50 % are found soonest. */
const tightestError = 0.05;
/** Information at the last look that counts, in that of the plan: there may be a tenth more traffic. */
const mostInformation = 1.1;
/** Rewards that hardly vary, or whose mean is that of no event, leave the clock without a usable time. */
const [fewestRows, mostRows] = [1e-6, 1e12];

/** A live difference; its errors are standard ones. */
export interface LiveEstimate {
  readonly value: number;
  readonly standardError: number;
  /** Mean that rewards add to a row, in absolute terms. */
  readonly worth: number;
  /** At the planned last look, as a share of the worth. */
  readonly plannedError?: number | undefined;
}

/**
 * The confidence sequence of a live difference. Its clock is information, 1/s.e.², because the rows
 * of returning users add less than those of new ones. If a last look is planned, half of the level goes to a boundary that is
 * lowest there (decision 0059).
 */
export function liveInterval({
  value,
  standardError,
  worth,
  plannedError,
}: LiveEstimate): readonly [number, number] {
  const level = 1 - (plannedError === undefined ? miss : miss / 2);
  const clock = tightestRows * ((tightestError * worth) / standardError) ** 2;
  const rows = Math.min(mostRows, Math.max(fewestRows, clock));
  const { lower, upper } = asymptoticSequenceInterval({ value, standardError, rows, level });
  if (plannedError === undefined) return [lower, upper];
  const lastError = (plannedError * worth) / Math.sqrt(mostInformation);
  const planned = plannedSequenceInterval({ value, standardError, lastError, level });
  return [Math.max(lower, planned.lower), Math.min(upper, planned.upper)];
}
