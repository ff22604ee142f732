import Table from "cli-table3";
import type { JsonObject } from "../../domain/json.ts";
import type { SlateQuality } from "../../engine/training/choose-temperature.ts";
import type { FirstSlates } from "../../engine/training/sharpen.ts";
import type { MeanOverUsers } from "../../evaluation/ranking/mean-over-users.ts";

const percent = ({ mean, standardError }: MeanOverUsers) =>
  `${(100 * mean).toFixed(1)} % ± ${(100 * standardError).toFixed(1)}`;

function tableSlates({ network, popularity, slateSize }: FirstSlates): string {
  const table = new Table({
    head: ["next item in", "the served slate", `the best ${slateSize}`],
    colAligns: ["left", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  const add = (name: string, { served, sorted }: SlateQuality) =>
    table.push([name, percent(served), percent(sorted)]);
  add("pretrained policy", network);
  add("popularity", popularity);
  return table.toString();
}

/** What a pretrained policy serves, and the temperature that it was given; nothing for a record of another kind. */
export function describeFirstSlates(record: JsonObject): readonly string[] {
  const slates = record.slates as FirstSlates | undefined;
  if (slates === undefined) return [];
  const { network, temperature, users, choice } = slates;
  const kept = network.served.mean / network.sorted.mean;
  const lines = [
    `${users} users, of whom none chose the temperature; ± standard error`,
    tableSlates(slates),
    `policy temperature ${temperature.toFixed(3)}: served keeps ${kept.toFixed(2)} of sorted, with ${network.effectiveChoices.toFixed(1)} effective choices`,
  ];
  if (!choice.chosen.keeps)
    lines.push("a lower temperature would keep more, but leave too few effective choices");
  return lines;
}
