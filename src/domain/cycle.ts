import type { JsonObject } from "./json.ts";

/** What the gate says of a candidate. `promote` carries how far; `not-enough-data` is never a "no". */
export const verdicts = ["promote", "canary", "hold", "not-enough-data"] as const;
export type Verdict = (typeof verdicts)[number];

/** How a cycle ended: with a verdict, with a policy that passed and waits for approval, or without reaching the gate. */
export type CycleOutcome = Verdict | "waiting" | "initial" | "roll-back" | "skipped" | "failed";

/** One pass of the loop: what was seen, what was tried, what was decided and why. */
export interface Cycle {
  readonly cycle: number;
  readonly scenario: string;
  readonly outcome: CycleOutcome;
  /** One sentence for a person. */
  readonly reason: string;
  readonly policyVersion?: number;
  readonly candidateVersion?: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Highest feedback event number that the cycle read: the next one judges on what came after. */
  readonly throughSequence: number;
  /** Everything measured: evaluation, policy difference Δ, settings with their weights, gate record, cost by stage. */
  readonly record: JsonObject;
}
