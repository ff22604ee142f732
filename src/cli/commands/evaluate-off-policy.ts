import { existsSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { conclude } from "../../analysis/off-policy/conclude.ts";
import type { DecisionLog } from "../../analysis/off-policy/decision-log.ts";
import {
  type ChooseTarget,
  choosePopularity,
  evaluateLog,
  type LogEvaluation,
} from "../../analysis/off-policy/evaluate-log.ts";
import { openFileTarget } from "../../analysis/off-policy/file-target.ts";
import {
  createLoggingPolicies,
  type LoggingPolicies,
} from "../../analysis/off-policy/logging-policies.ts";
import { openLog } from "../../analysis/off-policy/open-log.ts";
import { isExported } from "../../analysis/off-policy/read-exported.ts";
import { createSnapshotTarget } from "../../analysis/off-policy/snapshot-target.ts";
import { uniformTarget } from "../../analysis/off-policy/target-policy.ts";
import { leaveOutSeen } from "../../analysis/off-policy/unseen-log.ts";
import type { ColumnNames } from "../../exchange/import/column-names.ts";
import { invalidFile } from "../../exchange/import/text-source.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describeEvaluation } from "../evaluate/describe-evaluation.ts";
import { writePlot } from "../evaluate/write-plot.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { parseColumnNames } from "../parse-options.ts";

/** `uniform`, `popularity`, the version of a snapshot, or a file. */
type Target = string | number;

interface OffPolicyOptions extends DatabaseOptions {
  readonly log: string;
  readonly target: Target;
  readonly json: boolean;
  readonly plot?: string;
  readonly columns?: ColumnNames;
}

function parsePlot(text: string): string {
  if (/\.(svg|html)$/.test(text)) return text;
  throw new InvalidArgumentError("Expected a file that ends in .svg or .html.");
}

function parseTarget(text: string): Target {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  if (text === "uniform" || text === "popularity") return text;
  if (/\.jsonl?$/.test(text)) {
    if (existsSync(text)) return text;
    throw invalidFile(text, "does not exist; name a file with the target's probabilities");
  }
  throw new InvalidArgumentError(
    "Expected uniform, popularity, a snapshot's version, or a file with probabilities (.json, .jsonl).",
  );
}

async function evaluateSnapshot(
  log: DecisionLog,
  version: number,
  parts: Parameters<typeof createSnapshotTarget>[0],
): Promise<LogEvaluation> {
  const snapshot = await parts.store.policies.find(version);
  const unseen = snapshot === undefined ? log : leaveOutSeen(log, snapshot);
  const choose = async () => createSnapshotTarget(parts, version);
  return evaluateLog(unseen, choose, createLoggingPolicies(parts));
}

async function evaluateTarget(options: OffPolicyOptions): Promise<LogEvaluation> {
  const { target } = options;
  const log = await openLog(options.log, options.columns);
  if (typeof target === "number")
    return withDatabase(options, (parts) => evaluateSnapshot(log, target, parts));
  const fixed = () => (target === "uniform" ? uniformTarget : openFileTarget(target));
  const choose: ChooseTarget = target === "popularity" ? choosePopularity : async () => fixed();
  const evaluate = (logging?: LoggingPolicies) => evaluateLog(log, choose, logging);
  // The log alone doesn't tell how the policies that made it would have filled other slates.
  return isExported(log) && existsSync(options.database)
    ? withDatabase(options, (parts) => evaluate(createLoggingPolicies(parts)))
    : evaluate();
}

function toJson(evaluation: LogEvaluation): string {
  const { arrays: _, ...figures } = evaluation;
  return JSON.stringify({ ...figures, conclusion: conclude(evaluation) }, null, 2);
}

async function evaluateOffPolicy(options: OffPolicyOptions): Promise<void> {
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    const evaluation = await evaluateTarget(options);
    const text = options.json ? toJson(evaluation) : describeEvaluation(evaluation);
    process.stdout.write(`${text}\n`);
    if (options.plot === undefined) return;
    writePlot(options.plot, evaluation);
    process.stderr.write(`plot written to ${options.plot}\n`);
  });
}

export function offPolicyCommand(): Command {
  const command = new Command("off-policy")
    .description("Estimate the reward of another policy from a log with propensities")
    .requiredOption(
      "--log <file|folder>",
      "a table in CSV, JSONL or Parquet, Open Bandit, VowpalWabbit dsjson, or recurve export decisions",
    )
    .requiredOption(
      "--target <policy>",
      "uniform, popularity, a snapshot's version, or a file with probabilities",
      parseTarget,
    );
  return withDatabaseOptions(command)
    .option(
      "--columns <names>",
      "the log's columns by our name, such as reward=clicked,propensity=p",
      parseColumnNames,
    )
    .option("--plot <file>", "draw the values with their intervals: .svg or .html", parsePlot)
    .option("--json", "print figures as JSON; unbounded numbers are null", false)
    .addHelpText("after", "\nHow to read the answer: docs/guides/off-policy.md")
    .addHelpText("after", "\nExample:\n  $ recurve evaluate off-policy --log shop.jsonl --target 7")
    .action(evaluateOffPolicy);
}
