import type { StageCosts } from "../../domain/cycle-record.ts";
import { inSpan } from "../telemetry/in-span.ts";

/** Usage of the process so far. */
export interface Usage {
  /** Of all its threads, milliseconds. */
  readonly cpuMs: number;
  /** Resident now, MiB. */
  readonly memoryMiB: number;
  /** Of that in objects and buffers, MiB: the rest may be free memory that is used again. */
  readonly heldMiB: number;
  /** Most that was ever resident, MiB. */
  readonly peakMiB: number;
}

/** Cost by stage of a cycle, as far as it has come. */
export interface StageClock extends StageCosts {
  measure<T>(stage: string, work: () => T | Promise<T>): Promise<T>;
}

function peakBetween(before: Usage, after: Usage): number {
  const seen = Math.max(before.memoryMiB, after.memoryMiB);
  return after.peakMiB > before.peakMiB ? Math.max(seen, after.peakMiB) : seen;
}

export function createStageClock(clock: () => number, usage: () => Usage): StageClock {
  const stageMs: Record<string, number> = {};
  const stageCpuMs: Record<string, number> = {};
  const stagePeakMiB: Record<string, number> = {};
  return {
    stageMs,
    stageCpuMs,
    stagePeakMiB,
    measure: async (stage, work) => {
      const startedAt = clock();
      const before = usage();
      const result = await inSpan(stage, work);
      const after = usage();
      stageMs[stage] = (stageMs[stage] ?? 0) + clock() - startedAt;
      stageCpuMs[stage] = (stageCpuMs[stage] ?? 0) + after.cpuMs - before.cpuMs;
      stagePeakMiB[stage] = Math.max(stagePeakMiB[stage] ?? 0, peakBetween(before, after));
      return result;
    },
  };
}
