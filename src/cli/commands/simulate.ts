import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { integerIn, parseSeeds } from "../parse-options.ts";
import { compareStrategies, countPromotions, groupRewards } from "../simulate/compare.ts";
import {
  type SimulationJob,
  type SimulationSettings,
  strategiesOf,
  worldNames,
} from "../simulate/job.ts";
import { type JobResult, runJobs } from "../simulate/run-jobs.ts";
import { formatComparisons, formatRewards } from "../simulate/tables.ts";
import { describeTarget, judge, type Target } from "../simulate/target.ts";
import { withStart } from "../simulate/with-start.ts";
import { createTimedLine } from "../timed-line.ts";

interface SimulateOptions extends Omit<SimulationSettings, "decisionsPerCycle"> {
  readonly decisions: number;
  readonly seed: readonly number[];
  readonly fastLoop: boolean;
  readonly check: boolean;
  readonly json: boolean;
}

const sideBySide = 2;

function checkOptions(command: Command, { world, drift, check, seed }: SimulateOptions): void {
  const refuse = (message: string) => command.error(`error: ${message}`, { exitCode: 2 });
  if (world !== "synthetic" && drift) refuse(`--drift is for --world synthetic, not ${world}`);
  if (world === "catalogue" && command.getOptionValueSource("data") !== "cli")
    refuse("--world catalogue needs --data <sequences>, such as --data ml-100k");
  if (check && seed.length < 2) refuse("--check needs two seeds or more, such as --seed 1..5");
}

const settingsOf = ({ world, drift, cycles, data, decisions }: SimulateOptions) => ({
  world,
  drift,
  cycles,
  data,
  decisionsPerCycle: decisions,
});

/** Seed by seed, so that workers side by side are as far as each other. */
function listJobs(options: SimulateOptions, start: string | undefined): SimulationJob[] {
  const settings = { ...settingsOf(options), ...(start === undefined ? {} : { start }) };
  const strategies = strategiesOf(options.world, options.fastLoop);
  return options.seed.flatMap((seed) =>
    strategies.map((strategy) => ({ ...settings, seed, strategy })),
  );
}

async function runAll(
  options: SimulateOptions,
  start: string | undefined,
): Promise<readonly JobResult[]> {
  const jobs = listJobs(options, start);
  const total = jobs.length * options.cycles;
  const work = () =>
    `${jobs.length} loops of ${options.cycles} cycles of ${options.decisions} decisions`;
  const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
  let done = 0;
  const onCycle = ({ seed, strategy }: SimulationJob, cycle: number) => {
    done += 1;
    const text = `${done} of ${total} cycles: seed ${seed}, ${strategy}, cycle ${cycle}`;
    line.update(text, done / total);
  };
  const workers = Math.min(sideBySide, availableParallelism());
  return await runJobs(jobs, { workers, onCycle }).finally(() => line.stop());
}

interface Report {
  readonly text: string;
  readonly target: Target;
}

function createReport(options: SimulateOptions, results: readonly JobResult[]): Report {
  const { world, drift, cycles, decisions, seed: seeds } = options;
  const rewards = groupRewards(results);
  const comparisons = compareStrategies(rewards);
  const target = judge(options, comparisons);
  if (options.json) {
    const settings = { world, drift, cycles, decisions, seeds };
    const report = { ...settings, rewards, comparisons, target };
    return { target, text: JSON.stringify(report, null, 2) };
  }
  const text = [
    `True expected reward of the slates shown: mean over ${seeds.length} seeds ± standard error`,
    formatRewards(rewards, countPromotions(results, cycles)),
    "MPO against the others, paired by seed",
    formatComparisons(comparisons),
    describeTarget(target),
  ];
  return { target, text: text.join("\n") };
}

async function simulate(options: SimulateOptions): Promise<void> {
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    const results = await withStart(settingsOf(options), (start) => runAll(options, start));
    const { text, target } = createReport(options, results);
    process.stdout.write(`${text}\n`);
    if (options.check && !target.isMet) {
      const message = `the target was missed: ${describeTarget(target)}`;
      throw new EngineError("target_missed", message, { details: { ...target } });
    }
  });
}

export function simulateCommand(): Command {
  const command: Command = new Command("simulate")
    .description("Play whole loops in a world with known rewards, and compare MPO with others")
    .addOption(
      new Option("--world <world>", "world of the simulated users")
        .choices(worldNames)
        .makeOptionMandatory(),
    )
    .option("--drift", "tastes change halfway (synthetic)", false)
    .option("--cycles <count>", "cycles per loop", integerIn(1, 1000), 10)
    .option("--decisions <count>", "decisions per cycle", integerIn(50, 1_000_000), 3000)
    .option("--seed <seeds>", "seeds, such as 3, 1,2,5 or 1..10", parseSeeds, parseSeeds("1..5"))
    .addOption(
      new Option(
        "--data <path>",
        "folder of jester5k (jester); a data set of sequences (catalogue)",
      )
        .env("RECURVE_DATA")
        .default("../shared/data"),
    )
    .option(
      "--fast-loop",
      "also play MPO with the fast loop on all policies (catalogue: and that loop alone)",
      false,
    )
    .option("--check", "exit with 1 if the target is missed", false)
    .option("--json", "print figures as JSON", false)
    .addHelpText(
      "after",
      "\nExamples:\n  $ recurve simulate --world synthetic --drift --seed 1..10\n  $ recurve simulate --world catalogue --data ml-100k --decisions 1000 --cycles 11",
    )
    .action((options: SimulateOptions) => {
      checkOptions(command, options);
      return simulate(options);
    });
  return command;
}
