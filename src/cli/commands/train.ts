import { Command } from "commander";
import type { Cycle } from "../../domain/cycle.ts";
import { train } from "../../engine/learner/train.ts";
import type { PretrainProgress } from "../../engine/learner/training/training-data.ts";
import type { Store } from "../../engine/open-store.ts";
import { findScenario } from "../../engine/serving/recommend.ts";
import { learnerSeed, learnerThreads } from "../../host/learner-settings.ts";
import { formatWhole } from "../../numeric/format.ts";
import { describeCycle } from "../cycle-line.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describeFirstSlates } from "../evaluate/describe-first-slates.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { createTimedLine } from "../timed-line.ts";

interface TrainCommandOptions extends DatabaseOptions {
  readonly scenario?: string;
}

export function describeTrainingProgress(progress: PretrainProgress): string {
  switch (progress.stage) {
    case "read":
      return `${formatWhole(progress.events)} events read`;
    case "rows": {
      const cut =
        progress.perUser === undefined ? "" : `, of each user the newest ${progress.perUser}`;
      return `${formatWhole(progress.rows)} training rows${cut}; first epoch`;
    }
    case "epoch":
      return `epoch ${progress.epoch} of ${progress.epochs}, loss ${progress.loss.toFixed(3)}`;
    case "measure":
      return `measuring on the last events of ${formatWhole(progress.users)} users`;
    default:
      throw new RangeError(`no stage ${String(progress satisfies never)}`);
  }
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
  return [
    describeCycle(cycle),
    ...describeFirstSlates(cycle.record),
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
    const onProgress = (progress: PretrainProgress) => {
      if (progress.stage === "rows") work = `training on ${formatWhole(progress.rows)} rows`;
      const share = progress.stage === "epoch" ? progress.epoch / progress.epochs : undefined;
      line.update(describeTrainingProgress(progress), share);
    };
    const cycle = await withDatabase(options, async ({ store, configuration }) => {
      const scenario = findScenario(configuration, options.scenario);
      line.announce(await readLastCycleMs(store, scenario.name));
      return train({
        store,
        configuration,
        scenario,
        clock: Date.now,
        seed: learnerSeed,
        threads: learnerThreads,
        onProgress,
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
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve import movielens ml-100k\n  $ recurve train --scenario items",
    )
    .action(runTrain);
}
