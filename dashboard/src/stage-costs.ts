import type { CycleRecord } from "../../src/contract/records.ts";
import type { Figure } from "./figures.ts";
import { formatCount, formatDuration } from "./format.ts";

export interface StageCost extends Figure {
  /** Of the cycle's whole cost, in [0, 1]. */
  readonly share: number;
}

/** Cost by stage in the order of the record: wall time, processor time and peak memory. */
export function stageCosts(record: CycleRecord): readonly StageCost[] {
  const { stageMs = {}, stageCpuMs = {}, stagePeakMiB = {} } = record;
  const describe = (label: string, durationMs: number) => {
    const cpuMs = stageCpuMs[label];
    const peakMiB = stagePeakMiB[label];
    return [
      formatDuration(durationMs),
      ...(cpuMs === undefined ? [] : [`${formatDuration(cpuMs)} CPU`]),
      ...(peakMiB === undefined ? [] : [`${formatCount(peakMiB)}\u00a0MiB`]),
    ].join(" · ");
  };
  const costs = Object.entries(stageMs);
  const total = costs.reduce((sum, [, durationMs]) => sum + durationMs, 0);
  return costs
    .filter(([, durationMs]) => durationMs > 0)
    .map(([label, durationMs]) => ({
      label,
      text: describe(label, durationMs),
      share: durationMs / total,
    }));
}
