import type { Cycle } from "../domain/cycle.ts";
import type { CycleOutcome } from "../domain/cycle-outcome.ts";

/** Cycles of a scenario that ended alike. */
export interface CycleOutcomes {
  readonly scenario: string;
  readonly outcome: CycleOutcome;
  readonly cycles: number;
  /** Of the newest of them, milliseconds since 1970. */
  readonly finishedAt: number;
}

/** Learning cycles; written by `PolicyStore.apply`, never changed. */
export interface CycleStore {
  find(cycle: number): Promise<Cycle | undefined>;
  /** Newest first. */
  list(options: { readonly scenario?: string; readonly limit: number }): Promise<readonly Cycle[]>;
  /** All cycles, counted. */
  outcomes(): Promise<readonly CycleOutcomes[]>;
}
