import { Command, Option } from "commander";
import { conclude } from "../../engine/off-policy/conclude.ts";
import {
  choosePopularity,
  evaluateLog,
  type LogEvaluation,
} from "../../engine/off-policy/evaluate-log.ts";
import { openLog } from "../../engine/off-policy/open-log.ts";
import { uniformTarget } from "../../engine/off-policy/target-policy.ts";
import { describeEvaluation } from "../evaluate/describe-evaluation.ts";

interface OffPolicyOptions {
  readonly log: string;
  readonly target: string;
  readonly json: boolean;
}

function toJson(evaluation: LogEvaluation): string {
  const { arrays: _, ...figures } = evaluation;
  return JSON.stringify({ ...figures, conclusion: conclude(evaluation) }, null, 2);
}

async function evaluateOffPolicy(options: OffPolicyOptions): Promise<void> {
  const log = await openLog(options.log);
  const choose = options.target === "popularity" ? choosePopularity : async () => uniformTarget;
  const evaluation = await evaluateLog(log, choose);
  const text = options.json ? toJson(evaluation) : describeEvaluation(evaluation);
  process.stdout.write(`${text}\n`);
}

export function offPolicyCommand(): Command {
  return new Command("off-policy")
    .description("What another policy would have earned, from a log with propensities")
    .requiredOption("--log <file|folder>", "Open Bandit CSV, dsjson, our export, or Parquet")
    .addOption(
      new Option("--target <policy>", "policy that is judged")
        .choices(["uniform", "popularity"])
        .makeOptionMandatory(),
    )
    .option("--json", "print figures as JSON", false)
    .action(evaluateOffPolicy);
}
