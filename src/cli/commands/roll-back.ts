import { Command } from "commander";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { parseInput } from "../../engine/input/parse-input.ts";
import { rollBackInput } from "../../engine/input/schemas/interventions.ts";
import { rollBack } from "../../engine/interventions/roll-back.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { type NoteOptions, readNote, withNoteOptions } from "../intervention-note.ts";
import { integerIn } from "../parse-options.ts";

interface RollBackOptions extends DatabaseOptions, NoteOptions {
  readonly scenario: string;
  readonly serving?: number;
}

async function runRollBack(options: RollBackOptions): Promise<void> {
  await withDatabase(options, async ({ store, configuration }) => {
    const { name } = findScenario(configuration, options.scenario);
    const scene = { store, scenario: name, now: Date.now() };
    const { serving } = options;
    const input = { ...(serving !== undefined && { serving }), ...readNote(options) };
    const { version } = await rollBack(scene, parseInput(rollBackInput, input));
    process.stdout.write(`scenario ${name} is served by policy ${version} again\n`);
  });
}

export function rollBackCommand(): Command {
  const command = new Command("roll-back").description(
    "Put the previous policy back; running servers follow at once",
  );
  return withNoteOptions(
    withDatabaseOptions(command)
      .requiredOption("--scenario <name>", "scenario whose policy is rolled back")
      .option(
        "--serving <version>",
        "the policy to roll back: refused if another one serves by now, so that a retry goes back once",
        integerIn(1, Number.MAX_SAFE_INTEGER),
      ),
  )
    .addHelpText(
      "after",
      '\nExample:\n  $ recurve roll-back --scenario items --serving 7 --reason "fewer purchases since noon"',
    )
    .action(runRollBack);
}
