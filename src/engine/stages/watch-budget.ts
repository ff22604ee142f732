import { formatMinutes } from "../../numeric/format.ts";
import type { StageClock, Usage } from "./stage-clock.ts";

/** Limits of a cycle: `learner.maxCycleMinutes` and `learner.maxMemory` of the configuration. */
export interface CycleLimits {
  /** Wall time. */
  readonly maxMs: number;
  /** Resident in the whole process. */
  readonly maxMiB: number;
}

/** A cycle that must stop: its message has the reason, for the cycle's record. */
export class OverBudgetError extends Error {}

/**
 * Stages that start only while the limits hold, so that a cycle goes beyond them by one stage at most.
 * @throws OverBudgetError instead of a stage
 */
export function watchBudget(
  stages: StageClock,
  options: {
    readonly limits: CycleLimits;
    readonly clock: () => number;
    readonly usage: () => Usage;
  },
): StageClock {
  const { limits, clock, usage } = options;
  const startedAt = clock();
  const check = (stage: string) => {
    const passed = clock() - startedAt;
    const { memoryMiB } = usage();
    const stop = (found: string, remedy: string) =>
      new OverBudgetError(
        `Not enough budget: before the stage '${stage}' ${found}. The next cycle is planned with half of the decisions; or ${remedy}.`,
      );
    if (passed > limits.maxMs)
      throw stop(
        `${formatMinutes(passed)} minutes had passed of ${formatMinutes(limits.maxMs)}`,
        "raise learner.maxCycleMinutes",
      );
    if (memoryMiB > limits.maxMiB)
      throw stop(`${memoryMiB} MiB were resident of ${limits.maxMiB}`, "raise learner.maxMemory");
  };
  return {
    ...stages,
    measure: async (stage, work) => {
      check(stage);
      return stages.measure(stage, work);
    },
  };
}
