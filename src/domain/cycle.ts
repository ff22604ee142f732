import type { CycleOutcome } from "./cycle-outcome.ts";
import type { CycleRecord } from "./cycle-record.ts";

/** One pass of the loop: feedback, challengers, outcome and reason. */
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
  /** Highest feedback event number that the cycle read: the next cycle judges on later feedback. */
  readonly throughSequence: number;
  readonly record: CycleRecord;
}
