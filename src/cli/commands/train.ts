import { Command, Option } from "commander";
import type { Cycle } from "../../domain/cycle.ts";
import { type Preset, presetNames } from "../../domain/preset.ts";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { train } from "../../engine/learner/train.ts";
import type { TrainProgress } from "../../engine/learner/training/training-data.ts";
import type { Store } from "../../engine/open-store.ts";
import { learnerSeed, learnerThreads } from "../../host/learner-settings.ts";
import { formatWhole } from "../../numeric/format.ts";
import { describeCycle } from "../cycle-line.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describeFirstSlates } from "../evaluate/describe-first-slates.ts";
import { describePrivacy } from "../evaluate/describe-privacy.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { noteDeed } from "../note-deed.ts";
import { integerIn } from "../parse-options.ts";
import { createTimedLine } from "../timed-line.ts";
import { showTraining } from "../training-line.ts";

interface TrainCommandOptions extends DatabaseOptions {
  readonly scenario?: string;
  readonly preset?: Preset;
  readonly minutes?: number;
  readonly restart: boolean;
}

const endings: Partial<Record<Cycle["outcome"], string>> = {
  initial: "serves now",
  promote: "serves now",
  canary: "answers a share of the users",
  waiting: "waits for approval: recurve promotions show",
};

function describeResult(cycle: Cycle | undefined): string {
  if (cycle === undefined) {
    return "nothing to learn from yet: the scenario has no new decisions with a closed reward window";
  }
  const ending = endings[cycle.outcome] ?? "is kept, but does not serve";
  if (cycle.outcome === "skipped") return describeCycle(cycle);
  return [
    describeCycle(cycle),
    ...describeFirstSlates(cycle.record),
    ...describePrivacy(cycle.record),
    `policy ${cycle.candidateVersion} ${ending}`,
  ].join("\n");
}

/** Duration of the newest finished cycle in milliseconds, 0 if there is none. */
async function readLastCycleMs({ cycles }: Store, scenario: string): Promise<number> {
  const recent = await cycles.list({ scenario, limit: 10 });
  const last = recent.find(({ outcome }) => !["initial", "skipped", "failed"].includes(outcome));
  return last === undefined ? 0 : last.finishedAt - last.startedAt;
}

async function runTrain(options: TrainCommandOptions): Promise<void> {
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    let work = "a cycle, as long as the last one";
    const line = createTimedLine({ work: () => work, stream: process.stderr, clock: Date.now });
    const onProgress = (progress: TrainProgress) => {
      if (progress.stage === "start")
        work = `training ${formatWhole(progress.parameters)} parameters`;
      showTraining(line, progress);
    };
    const cycle = await withDatabase(options, async ({ store, configuration }) => {
      const scenario = findScenario(configuration, options.scenario);
      line.announce(await readLastCycleMs(store, scenario.name));
      await noteDeed(store, "train", scenario.name);
      return train({
        store,
        configuration,
        scenario,
        clock: Date.now,
        seed: learnerSeed,
        threads: learnerThreads,
        onProgress,
        preset: options.preset,
        minutes: options.minutes,
        restart: options.restart,
      });
    }).finally(() => line.stop());
    process.stdout.write(`${describeResult(cycle)}\n`);
  });
}

export function trainCommand(): Command {
  const command = new Command("train").description(
    "Train now: on behaviour events before the first decision, one cycle on feedback after it",
  );
  return withDatabaseOptions(command)
    .option("--scenario <name>", "scenario to train; default: the first of the configuration")
    .addOption(
      new Option(
        "--preset <size>",
        "size of the encoder that is trained on behaviour; default: small",
      ).choices(presetNames),
    )
    .option(
      "--minutes <count>",
      "minutes of training on behaviour, those before an interruption included; at least one epoch",
      integerIn(1, 100_000),
    )
    .option("--restart", "drop an unfinished training instead of continuing it", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve import movielens ml-100k\n  $ recurve train --scenario items",
    )
    .action(runTrain);
}
