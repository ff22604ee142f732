import Table from "cli-table3";
import type { CycleRecord } from "../../domain/cycle-record.ts";
import { plain } from "../table-style.ts";

const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? "–" : (milliseconds / 1000).toFixed(1);

/**
 * Wall time, processor time and memory by stage of a cycle's record, as lines; none if it has no
 * times.
 */
export function describeCosts({
  stageMs = {},
  stageCpuMs = {},
  stagePeakMiB = {},
}: CycleRecord): string[] {
  const stages = Object.entries(stageMs);
  if (stages.length === 0) return [];
  const table = new Table({
    head: ["stage", "s", "CPU s", "peak MiB"],
    colAligns: ["left", "right", "right", "right"],
    style: plain,
  });
  for (const [stage, wall] of stages)
    table.push([
      stage,
      seconds(wall),
      seconds(stageCpuMs[stage]),
      String(stagePeakMiB[stage] ?? "–"),
    ]);
  return [table.toString()];
}
