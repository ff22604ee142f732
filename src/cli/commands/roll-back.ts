import { Command } from "commander";
import { rollBack } from "../../engine/promote.ts";
import { findScenario } from "../../engine/recommend.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";

interface RollBackOptions extends DatabaseOptions {
  readonly scenario: string;
}

async function runRollBack(options: RollBackOptions): Promise<void> {
  await withDatabase(options, async ({ store, configuration }) => {
    const { name } = findScenario(configuration, options.scenario);
    const { version } = await rollBack(store, name);
    process.stdout.write(`scenario ${name} is served by policy ${version} again\n`);
  });
}

export function rollBackCommand(): Command {
  const command = new Command("roll-back").description(
    "Put the policy that served before back; running servers follow at once",
  );
  return withDatabaseOptions(command)
    .requiredOption("--scenario <name>", "scenario whose policy is rolled back")
    .addHelpText("after", "\nExample:\n  $ recurve roll-back --scenario items")
    .action(runRollBack);
}
