import { Command, InvalidArgumentError, Option } from "commander";
import {
  concludeRanking,
  evaluateRankers,
  type RankingEvaluation,
  type RankingProgress,
} from "../../analysis/ranking/evaluate-ranking.ts";
import { countInteractions } from "../../analysis/ranking/interaction-data.ts";
import { rankWithPolicy } from "../../analysis/ranking/rank-with-policy.ts";
import type { TransformerPlan } from "../../analysis/ranking/rank-with-transformer.ts";
import { readInteractions } from "../../analysis/ranking/read-interactions.ts";
import { presetNames } from "../../domain/preset.ts";
import { findScenario } from "../../engine/configuration/find-scenario.ts";
import { withConsent } from "../../engine/privacy/with-consent.ts";
import { protocols } from "../../evaluation/ranking/split.ts";
import { learnerSeed, learnerThreads } from "../../host/learner-settings.ts";
import { formatWhole } from "../../numeric/format.ts";
import { withDatabase, withDatabaseOptions } from "../database.ts";
import { describePolicyRanking } from "../evaluate/describe-policy-ranking.ts";
import { describeRanking, describeRankingProgress } from "../evaluate/describe-ranking.ts";
import { checkUse, parsePolicy, type RankingCommandOptions } from "../evaluate/ranking-use.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { integerIn } from "../parse-options.ts";
import { createTimedLine } from "../timed-line.ts";

function refuseSample(text: string): never {
  throw new InvalidArgumentError(
    `Only the whole catalogue is ranked: against a sample of ${text} negatives a worse ranker can come out ahead (Krichene & Rendle 2020), and figures compare with nothing. Leave the option out.`,
  );
}

function planTransformer({
  baselines,
  preset,
  length,
  epochs,
}: RankingCommandOptions): TransformerPlan | undefined {
  if (baselines) return undefined;
  return { preset, length, ...(epochs !== undefined && { settings: { epochs } }) };
}

function toJson(evaluation: RankingEvaluation): string {
  const ranked = evaluation.ranked.map(({ quality: { ndcgs: _, ...quality }, ...ranker }) => ({
    ...ranker,
    ...quality,
  }));
  return JSON.stringify(
    { ...evaluation, ranked, conclusion: concludeRanking(evaluation) },
    null,
    2,
  );
}

/**
 * Baselines and Transformer are announced separately: the duration of one does not predict the
 * other's.
 */
function createRankingLines(size: string) {
  const open = (name: string) =>
    createTimedLine({
      work: () => `${name} on ${size}`,
      stream: process.stderr,
      clock: Date.now,
    });
  const [baselines, transformer] = [open("baselines"), open("Transformer")];
  return {
    update: (progress: RankingProgress) => {
      const text = describeRankingProgress(progress);
      if (progress.stage === "baseline") {
        baselines.update(text, (progress.fit - 1) / progress.fits);
        return;
      }
      baselines.stop();
      if (progress.stage === "epoch") transformer.announce(progress.secondsLeft * 1000);
      if (progress.stage === "start") transformer.keep(text);
      transformer.update(progress.stage === "start" ? "first epoch" : text, undefined);
    },
    stop: () => {
      baselines.stop();
      transformer.stop();
    },
  };
}

async function evaluate(folder: string, options: RankingCommandOptions, signal: AbortSignal) {
  const data = await readInteractions(folder, { now: Date.now(), signal });
  const lines = createRankingLines(`${formatWhole(countInteractions(data))} interactions`);
  return evaluateRankers(data, {
    protocol: options.protocol,
    k: options.k,
    seed: options.seed,
    threads: learnerThreads,
    transformer: planTransformer(options),
    clock: Date.now,
    onProgress: lines.update,
  }).finally(lines.stop);
}

const measurePolicy = (version: number | undefined, options: RankingCommandOptions) =>
  withDatabase(options, (parts) =>
    rankWithPolicy({
      ...withConsent(parts),
      version,
      scenario: findScenario(parts.configuration, options.scenario),
      protocol: options.protocol,
      seed: options.seed,
    }),
  );

async function describeResult(options: RankingCommandOptions, signal: AbortSignal) {
  const { data, policy, json } = options;
  if (policy !== undefined) {
    const ranking = await measurePolicy(policy.version, options);
    return json ? JSON.stringify(ranking, null, 2) : describePolicyRanking(ranking);
  }
  const evaluation = await evaluate(data ?? "", options, signal);
  return json ? toJson(evaluation) : describeRanking(evaluation);
}

async function runRanking(options: RankingCommandOptions, command: Command): Promise<void> {
  checkUse(options, command);
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    process.stdout.write(`${await describeResult(options, signal)}\n`);
  });
}

export function rankingCommand(): Command {
  const command = new Command("ranking").description(
    "Measure how well a Transformer and baselines, or a policy of the record, predict users' next items",
  );
  return withDatabaseOptions(command)
    .option(
      "--policy <serving|version>",
      "measure this policy on events that it did not learn from, sorted and as it serves",
      parsePolicy,
    )
    .option("--scenario <name>", "of the policy; default: the first of the configuration")
    .option(
      "--data <folder|file>",
      "MovieLens, sequences as SASRec or S3-Rec publish them (.txt), or events (.jsonl, .csv, .parquet)",
    )
    .addOption(
      new Option("--protocol <protocol>", "rule for the held-out items")
        .choices(protocols)
        .default("leave-one-out"),
    )
    .option("--k <count>", "items shown", integerIn(1, 1000), 10)
    .addOption(
      new Option("--preset <size>", "size of the Transformer")
        .choices(presetNames)
        .default("small"),
    )
    .option(
      "--length <count>",
      "newest items that it reads; use 200 for MovieLens",
      integerIn(2, 1000),
      50,
    )
    .option(
      "--epochs <count>",
      "most epochs; the best one on validation counts",
      integerIn(1, 10_000),
    )
    .option("--baselines", "evaluate only the baselines, in about a minute", false)
    .option(
      "--seed <number>",
      "seed of training and of the validation sample",
      integerIn(0, 2 ** 32 - 1),
      learnerSeed,
    )
    .addOption(new Option("--negatives <count>").argParser(refuseSample).hideHelp())
    .option("--json", "print figures as JSON", false)
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve evaluate ranking --data ml-100k --length 200\n  $ recurve evaluate ranking --policy serving --database shop.db",
    )
    .action(runRanking);
}
