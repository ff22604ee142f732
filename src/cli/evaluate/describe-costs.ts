import Table from "cli-table3";
import type { JsonObject } from "../../domain/json.ts";

const seconds = (milliseconds: unknown) =>
  typeof milliseconds === "number" ? (milliseconds / 1000).toFixed(1) : "–";

/** Wall time, processor time and memory by stage of a cycle's record, as lines; none where it has no times. */
export function describeCosts({ stageMs, stageCpuMs, stagePeakMiB }: JsonObject): string[] {
  const wall = (stageMs ?? {}) as JsonObject;
  const cpu = (stageCpuMs ?? {}) as JsonObject;
  const memory = (stagePeakMiB ?? {}) as JsonObject;
  if (Object.keys(wall).length === 0) return [];
  const table = new Table({
    head: ["stage", "s", "CPU s", "peak MiB"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  for (const stage of Object.keys(wall))
    table.push([stage, seconds(wall[stage]), seconds(cpu[stage]), String(memory[stage] ?? "–")]);
  return [table.toString()];
}
