import type { JsonObject } from "../../src/contract/api.ts";
import type { Figure } from "./figures.ts";
import { formatCount, formatDuration } from "./format.ts";
import { numberAt, objectAt } from "./json-read.ts";

export interface StageCost extends Figure {
  /** Of the cycle's whole cost, in [0, 1]. */
  readonly share: number;
}

/** Cost by stage in the order of the record: wall time, processor time and peak memory as far as they are in it. */
export function stageCosts(record: JsonObject): readonly StageCost[] {
  const stages = objectAt(record, "stageMs");
  const describe = (label: string, durationMs: number) => {
    const cpuMs = numberAt(objectAt(record, "stageCpuMs"), label);
    const peakMiB = numberAt(objectAt(record, "stagePeakMiB"), label);
    return [
      formatDuration(durationMs),
      ...(cpuMs === undefined ? [] : [`${formatDuration(cpuMs)} CPU`]),
      ...(peakMiB === undefined ? [] : [`${formatCount(peakMiB)}\u00a0MiB`]),
    ].join(" · ");
  };
  const costs = Object.keys(stages).map((label) => [label, numberAt(stages, label) ?? 0] as const);
  const total = costs.reduce((sum, [, durationMs]) => sum + durationMs, 0);
  return costs
    .filter(([, durationMs]) => durationMs > 0)
    .map(([label, durationMs]) => ({
      label,
      text: describe(label, durationMs),
      share: durationMs / total,
    }));
}
