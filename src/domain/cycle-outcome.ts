/**
 * The gate's verdict on a candidate. `promote` carries the reach; `not-enough-data` is never a
 * "no".
 */
export const verdicts = ["promote", "canary", "hold", "not-enough-data"] as const;

/** The gate's verdict: an entry of `verdicts`. */
export type Verdict = (typeof verdicts)[number];

/** Ends that are not the gate's. */
const otherEnds = ["waiting", "initial", "roll-back", "skipped", "failed"] as const;

/** How a cycle ended: with a verdict, with a policy that passed and waits for approval, or without reaching the gate. */
export const cycleOutcomes: readonly [...typeof verdicts, ...typeof otherEnds] = [
  ...verdicts,
  ...otherEnds,
];

/** End of a cycle: the gate's verdict, or an end of its own. */
export type CycleOutcome = (typeof cycleOutcomes)[number];
