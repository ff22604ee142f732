import Table from "cli-table3";
import { Command } from "commander";
import { readTrail, type TrailLine } from "../../engine/views/read-trail.ts";
import { databaseOption, withRecord } from "../database.ts";
import { integerIn } from "../parse-options.ts";
import { plain } from "../table-style.ts";

const absent = "–";

function describeTrail(lines: readonly TrailLine[]): string {
  if (lines.length === 0) return "Nobody has steered, exported or erased anything.";
  const table = new Table({
    head: ["time", "deed", "subject", "by", "key", "reason"],
    style: plain,
  });
  for (const { madeAt, kind, subject, by, key, reason } of lines)
    table.push([
      new Date(madeAt).toISOString().slice(0, 19),
      ...[kind, subject ?? absent, by ?? absent, key ?? absent, reason ?? absent],
    ]);
  return table.toString();
}

interface TrailOptions {
  readonly database: string;
  readonly limit: number;
  readonly json: boolean;
}

/** `recurve trail`. */
export function trailCommand(): Command {
  return new Command("trail")
    .description(
      "Show who promoted, rolled back, paused, exported, erased, trained by hand or changed keys",
    )
    .addOption(databaseOption())
    .option("--limit <n>", "newest deeds to show", integerIn(1, 1_000_000), 50)
    .option("--json", "print as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve trail --database shop.db --limit 20")
    .action(async ({ database, limit, json }: TrailOptions) => {
      const lines = await withRecord(database, (store) => readTrail(store, limit));
      const text = json ? JSON.stringify(lines, null, 2) : describeTrail(lines);
      process.stdout.write(`${text}\n`);
    });
}
