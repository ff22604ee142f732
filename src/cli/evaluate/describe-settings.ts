import Table from "cli-table3";
import type { JsonObject } from "../../domain/json.ts";

const number = (value: unknown, digits = 2) =>
  typeof value === "number" ? String(Number(value.toFixed(digits))) : "–";
const percent = (value: unknown) =>
  typeof value === "number" ? `${(100 * value).toFixed(1)} %` : "–";

/** Each memory's weight, shortest first. */
const mix = (memory: unknown) =>
  Array.isArray(memory) ? memory.map((weight) => number(weight)).join("/") : "–";

/** Settings that a cycle tried: ω, what was predicted, what was judged, weights; none where it has no settings. */
export function describeSettings({ settings, chosenSetting }: JsonObject): string[] {
  const tried = (settings ?? []) as readonly JsonObject[];
  if (tried.length === 0) return [];
  const table = new Table({
    head: ["setting", "ε", "κ", "α", "ρ", "memory", "predicted", "judged", "± s.e.", "weight", ""],
    colAligns: ["left", ...new Array<"right">(9).fill("right"), "left"],
    style: { head: [], border: [], compact: true },
  });
  for (const one of tried)
    table.push([
      String(one.name),
      number(one.klRadius),
      number(one.pessimism),
      number(one.discriminator),
      number(one.proximity),
      mix(one.memory),
      percent(one.predicted),
      number(one.difference, 4),
      number(one.standardError, 4),
      percent(one.weight),
      one.name === chosenSetting ? "chosen" : "",
    ]);
  return [table.toString()];
}
