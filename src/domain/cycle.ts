import type { CycleOutcome } from "./cycle-outcome.ts";
import type { CycleRecord } from "./cycle-record.ts";

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
  readonly record: CycleRecord;
}
