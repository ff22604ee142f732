import { Command } from "commander";
import type { Intervention } from "../../domain/intervention.ts";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { parseInput } from "../../engine/input/parse-input.ts";
import { interventionInput } from "../../engine/input/schemas/interventions.ts";
import { intervene } from "../../engine/interventions/intervene.ts";
import { readPromotionState } from "../../engine/interventions/promotion-state.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describePromotionState } from "../describe-promotion-state.ts";
import { type NoteOptions, readNote, withNoteOptions } from "../intervention-note.ts";
import { integerIn } from "../parse-options.ts";

interface ShowOptions extends DatabaseOptions {
  readonly scenario?: string;
  readonly json: boolean;
}

async function show({ scenario, json, ...database }: ShowOptions): Promise<void> {
  const states = await withDatabase(database, async ({ store, configuration }) => {
    const chosen =
      scenario === undefined ? configuration.scenarios : [findScenario(configuration, scenario)];
    return Promise.all(chosen.map(({ name }) => readPromotionState(store, name)));
  });
  const text = json
    ? JSON.stringify(states, null, 2)
    : states.map(describePromotionState).join("\n\n");
  process.stdout.write(`${text}\n`);
}

function showCommand(): Command {
  const command = new Command("show").description(
    "Show each scenario's promotion mode, waiting policy and interventions",
  );
  return withDatabaseOptions(command)
    .option("--scenario <name>", "only this scenario")
    .option("--json", "print as JSON", false)
    .addHelpText("after", "\nExample:\n  $ recurve promotions show --database shop.db")
    .action(show);
}

interface InterveneOptions extends DatabaseOptions, NoteOptions {
  readonly scenario: string;
}

async function run(
  kind: string,
  version: number | undefined,
  options: InterveneOptions,
): Promise<Intervention> {
  return withDatabase(options, async ({ store, configuration }) => {
    const { name } = findScenario(configuration, options.scenario);
    const input = { scenario: name, kind, ...(version && { version }), ...readNote(options) };
    return intervene(
      { store, scenario: name, now: Date.now() },
      parseInput(interventionInput, input),
    );
  });
}

/** The effect of each on the scenario's promotions, and the line that confirms it. */
const modes = {
  pause: ["Continue to learn and judge, but promote nothing", "are paused"],
  ask: ["Let policies that pass the gate wait for approval", "ask first"],
  resume: ["Let the gate alone promote again", "are automatic"],
} as const;

function modeCommand(kind: keyof typeof modes): Command {
  const [description, done] = modes[kind];
  const command = withDatabaseOptions(new Command(kind).description(description));
  return withNoteOptions(command.requiredOption("--scenario <name>", "scenario of the promotions"))
    .addHelpText("after", `\nExample:\n  $ recurve promotions ${kind} --scenario items`)
    .action(async (options: InterveneOptions) => {
      const { scenario } = await run(kind, undefined, options);
      process.stdout.write(`promotions of scenario ${scenario} ${done}\n`);
    });
}

const versions = {
  pin: [
    "Let one version serve, without canary, promotion or roll-back, until you resume",
    "serves",
  ],
  approve: ["Let the waiting policy serve, as if the gate had promoted it", "serves"],
  reject: ["Retire the waiting policy", "is retired"],
} as const;

function versionCommand(kind: keyof typeof versions): Command {
  const [description, done] = versions[kind];
  const command = new Command(kind)
    .description(description)
    .argument("<version>", "version of the policy", integerIn(1, Number.MAX_SAFE_INTEGER));
  withDatabaseOptions(command).requiredOption("--scenario <name>", "scenario of the promotions");
  return withNoteOptions(command)
    .addHelpText("after", `\nExample:\n  $ recurve promotions ${kind} 12 --scenario items`)
    .action(async (version: number, options: InterveneOptions) => {
      const { scenario } = await run(kind, version, options);
      process.stdout.write(`policy ${version} ${done} in scenario ${scenario}\n`);
    });
}

export function promotionsCommand(): Command {
  const command = new Command("promotions").description(
    "Pause promotions, have them ask first, pin a version; running servers and learners follow at once",
  );
  command.addCommand(showCommand());
  for (const kind of ["pause", "ask", "resume"] as const) command.addCommand(modeCommand(kind));
  for (const kind of ["pin", "approve", "reject"] as const)
    command.addCommand(versionCommand(kind));
  return command;
}
