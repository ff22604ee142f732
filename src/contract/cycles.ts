import type { Cycle } from "../domain/cycle.ts";

/** A learning cycle with its record; times are ISO 8601 in UTC. */
export interface CycleBody extends Omit<Cycle, "throughSequence" | "startedAt" | "finishedAt"> {
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** Learning cycles, newest first. */
export interface CyclesResponse {
  readonly cycles: readonly CycleBody[];
}
