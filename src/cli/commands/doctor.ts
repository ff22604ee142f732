import { Command } from "commander";
import { withDatabaseOptions } from "../database.ts";
import type { Check, DoctorOptions } from "../doctor/check.ts";
import { diagnose } from "../doctor/diagnose.ts";
import { hostOption } from "./serve.ts";

const describe = ({ name, text, isProblem }: Check) =>
  [(isProblem ? "problem" : "ok").padEnd(8), name.padEnd(13), text].join(" ");

async function runDoctor(options: DoctorOptions): Promise<void> {
  const checks = await diagnose(options);
  process.stdout.write(`${checks.map(describe).join("\n")}\n`);
  if (checks.some(({ isProblem }) => isProblem)) process.exitCode = 1;
}

export function doctorCommand(): Command {
  const command = new Command("doctor").description(
    "Look for problems of a database, its learner and its configuration, and name their remedies",
  );
  return withDatabaseOptions(command)
    .addOption(hostOption())
    .addHelpText("after", "\nExits with 1 if it finds a problem. It changes nothing.")
    .addHelpText("after", "\nExample:\n  $ recurve doctor --database shop.db")
    .action(runDoctor);
}
