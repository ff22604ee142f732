import type { JsonObject } from "../../src/contract/api.ts";
import type { Figure } from "./figures.ts";
import { formatDuration } from "./format.ts";
import { numberAt, objectAt } from "./json-read.ts";

export interface StageCost extends Figure {
  /** Of the cycle's whole cost, in [0, 1]. */
  readonly share: number;
}

/** Cost by stage in the order of the record. */
export function stageCosts(record: JsonObject): readonly StageCost[] {
  const stages = objectAt(record, "stageMs");
  const costs = Object.keys(stages).map((label) => [label, numberAt(stages, label) ?? 0] as const);
  const total = costs.reduce((sum, [, durationMs]) => sum + durationMs, 0);
  return costs
    .filter(([, durationMs]) => durationMs > 0)
    .map(([label, durationMs]) => ({
      label,
      text: formatDuration(durationMs),
      share: durationMs / total,
    }));
}
