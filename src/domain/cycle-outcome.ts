/**
 * The gate's verdict on a candidate. `promote` carries the reach; `not-enough-data` is never a
 * "no".
 */
export const verdicts = ["promote", "canary", "hold", "not-enough-data"] as const;
export type Verdict = (typeof verdicts)[number];

/** Ends that are not the gate's. */
const otherEnds = ["waiting", "initial", "roll-back", "skipped", "failed"] as const;

/** How a cycle ended: with a verdict, with a policy that passed and waits for approval, or without reaching the gate. */
export const cycleOutcomes: readonly [...typeof verdicts, ...typeof otherEnds] = [
  ...verdicts,
  ...otherEnds,
];
export type CycleOutcome = (typeof cycleOutcomes)[number];
