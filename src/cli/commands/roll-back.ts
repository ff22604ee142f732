import { Command } from "commander";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { parseInput } from "../../engine/input/parse-input.ts";
import { noteInput } from "../../engine/input/schemas/interventions.ts";
import { rollBack } from "../../engine/interventions/roll-back.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { type NoteOptions, readNote, withNoteOptions } from "../intervention-note.ts";

interface RollBackOptions extends DatabaseOptions, NoteOptions {
  readonly scenario: string;
}

async function runRollBack(options: RollBackOptions): Promise<void> {
  await withDatabase(options, async ({ store, configuration }) => {
    const { name } = findScenario(configuration, options.scenario);
    const scene = { store, scenario: name, now: Date.now() };
    const { version } = await rollBack(scene, parseInput(noteInput, readNote(options)));
    process.stdout.write(`scenario ${name} is served by policy ${version} again\n`);
  });
}

export function rollBackCommand(): Command {
  const command = new Command("roll-back").description(
    "Put the previous policy back; running servers follow at once",
  );
  return withNoteOptions(
    withDatabaseOptions(command).requiredOption(
      "--scenario <name>",
      "scenario whose policy is rolled back",
    ),
  )
    .addHelpText(
      "after",
      '\nExample:\n  $ recurve roll-back --scenario items --reason "fewer purchases since noon"',
    )
    .action(runRollBack);
}
