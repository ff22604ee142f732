import Table from "cli-table3";
import type { CycleRecord } from "../../domain/cycle-record.ts";
import { formatShareToTenth } from "../../numeric/format.ts";
import { plain } from "../table-style.ts";

const number = (value: number | null, digits = 2) =>
  value === null ? "–" : String(Number(value.toFixed(digits)));

/** Absent without a policy to protect, and in records of before it was chosen. */
const describeStep = ({ distillation }: CycleRecord): string[] =>
  distillation?.sampleShare === undefined
    ? []
    : [`step       weights of a target up to ${number(1 / distillation.sampleShare)}`];

/** Settings that a cycle tried: ω, prediction, judgement, weights; then its step. Empty if it has no settings. */
export function describeSettings(record: CycleRecord): string[] {
  const { settings = [], chosenSetting } = record;
  if (settings.length === 0) return [];
  const table = new Table({
    head: ["setting", "ε", "κ", "α", "ρ", "memory", "predicted", "judged", "± s.e.", "weight", ""],
    colAligns: ["left", ...new Array<"right">(9).fill("right"), "left"],
    style: plain,
  });
  for (const one of settings)
    table.push([
      one.name,
      number(one.klRadius),
      number(one.pessimism),
      number(one.discriminator),
      number(one.proximity),
      one.memory.map((weight) => number(weight)).join("/"),
      formatShareToTenth(one.predicted),
      number(one.difference, 4),
      number(one.standardError, 4),
      formatShareToTenth(one.weight),
      one.name === chosenSetting ? "chosen" : "",
    ]);
  return [table.toString(), ...describeStep(record)];
}
