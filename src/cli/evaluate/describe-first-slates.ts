import Table from "cli-table3";
import type { CycleRecord } from "../../domain/cycle-record.ts";
import type { FirstSlates, MeanOverUsers, SlateQuality } from "../../domain/first-slates.ts";
import { keepsHits } from "../../engine/learner/training/choose-temperature.ts";
import { formatShareToTenth } from "../../numeric/format.ts";
import { plain } from "../table-style.ts";

const percent = ({ mean, standardError }: MeanOverUsers) =>
  `${formatShareToTenth(mean)} ± ${(100 * standardError).toFixed(1)}`;

function tableSlates({ network, popularity, slateSize }: FirstSlates): string {
  const table = new Table({
    head: ["next item in", "the served slate", `the best ${slateSize}`],
    colAligns: ["left", "right", "right"],
    style: plain,
  });
  const add = (name: string, { served, sorted }: SlateQuality) =>
    table.push([name, percent(served), percent(sorted)]);
  add("trained policy", network);
  add("popularity", popularity);
  return table.toString();
}

/** The slates of a trained policy, and its temperature; empty for a record of another kind. */
export function describeFirstSlates({ slates }: CycleRecord): readonly string[] {
  if (slates === undefined) return [];
  const { network, temperature, users, choice } = slates;
  // A policy without a single hit among the sorted has nothing to keep.
  const kept =
    network.sorted.mean === 0 ? "all" : (network.served.mean / network.sorted.mean).toFixed(2);
  const lines = [
    `measured on ${users} users who did not choose the temperature; ± standard error`,
    tableSlates(slates),
    `policy temperature ${temperature.toFixed(3)}: served keeps ${kept} of sorted, with ${network.effectiveChoices.toFixed(1)} effective choices`,
  ];
  if (!keepsHits(choice.chosen))
    lines.push("a lower temperature would keep more, but leave too few effective choices");
  return lines;
}

/** How the temperature was chosen; nothing for a record of another kind. */
export function describeTemperatures({ slates }: CycleRecord): readonly string[] {
  const choice = slates?.choice;
  if (choice === undefined) return [];
  const table = new Table({
    head: ["temperature", "served", "of sorted", "effective choices"],
    colAligns: ["right", "right", "right", "right"],
    style: plain,
  });
  for (const { temperature, served, effectiveChoices } of choice.curve) {
    const share = choice.sorted === 0 ? "–" : (served / choice.sorted).toFixed(2);
    table.push([temperature.toFixed(3), served.toFixed(3), share, effectiveChoices.toFixed(1)]);
  }
  return [`tried on ${choice.users} other users:`, table.toString()];
}
