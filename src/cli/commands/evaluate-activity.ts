import { Command, Option } from "commander";
import { type Arm, arms } from "../../domain/decision.ts";
import { dayMs } from "../../domain/durations.ts";
import { defaultActivityDays, readActivity } from "../../engine/views/activity.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describeActivity } from "../evaluate/describe-activity.ts";
import { integerIn } from "../parse-options.ts";

interface ActivityOptions extends DatabaseOptions {
  readonly scenario?: string;
  readonly days: number;
  readonly against: Arm;
  readonly json: boolean;
}

async function showActivity(options: ActivityOptions): Promise<void> {
  const { scenario, days, against, json } = options;
  const since = Date.now() - days * dayMs;
  const asked = { since, against, ...(scenario !== undefined && { scenario }) };
  const activity = await withDatabase(options, (parts) =>
    readActivity({ ...parts, clock: Date.now }, asked),
  );
  const text = json ? JSON.stringify(activity, null, 2) : describeActivity(activity);
  process.stdout.write(`${text}\n`);
}

export function activityCommand(): Command {
  const command = new Command("activity").description(
    "Compare sessions a day, returns and length of sessions between the arms",
  );
  return withDatabaseOptions(command)
    .option("--scenario <name>", "scenario (default: the first)")
    .option("--days <count>", "days up to now", integerIn(1, 3650), defaultActivityDays)
    .addOption(
      new Option("--against <arm>", "arm that the others are set against")
        .choices(arms)
        .default("baseline"),
    )
    .option("--json", "print the figures as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve evaluate activity --database shop.db --days 14")
    .action(showActivity);
}
