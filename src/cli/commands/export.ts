import { Command } from "commander";
import { findScenario } from "../../engine/serving/recommend.ts";
import { exportDecisions } from "../../exchange/export-decisions.ts";
import type { ExportedDecision } from "../../exchange/exported-decision.ts";
import { formatWhole } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { createTimedLine } from "../timed-line.ts";
import { writeLines } from "../write-lines.ts";
import { exportMlflowCommand } from "./export-mlflow.ts";
import { exportOnnxCommand } from "./export-onnx.ts";
import { exportTensorboardCommand } from "./export-tensorboard.ts";

interface ExportOptions extends DatabaseOptions {
  readonly scenario?: string;
  readonly output?: string;
}

async function* toLines(
  decisions: AsyncIterable<ExportedDecision>,
  onLine: () => void,
): AsyncGenerator<string, void> {
  for await (const decision of decisions) {
    onLine();
    yield `${JSON.stringify(decision)}\n`;
  }
}

/**
 * Decisions that are not written are not read, so only a whole export knows the number of open
 * ones.
 */
export function describeExport(
  scenario: string,
  { written, all }: { readonly written: number; readonly all: number | undefined },
): string {
  const decisions = `${written} decisions of scenario ${scenario}`;
  return all === undefined
    ? `the reader stopped after at most ${decisions}; the rest was not exported`
    : `${decisions} exported; ${all - written} still wait for their reward`;
}

async function runExport(options: ExportOptions): Promise<void> {
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    await withDatabase(options, async ({ store, configuration }) => {
      const scenario = findScenario(configuration, options.scenario);
      const { name } = scenario;
      const now = Date.now();
      const closed = { scenario: name, after: 0, closedBefore: now };
      const { count } = await store.decisions.closedSpan(closed);
      const work = () => `export of ${formatWhole(count)} decisions`;
      const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
      // In a terminal that shows the decisions themselves a line in between would be lost.
      const isShown = options.output !== undefined || !process.stdout.isTTY;
      let written = 0;
      const lines = toLines(exportDecisions({ store, scenario, now }), () => {
        written += 1;
        const text = `${formatWhole(written)} of ${formatWhole(count)} decisions`;
        if (isShown && written % 1000 === 0) line.update(text, written / count);
      });
      const isWhole = await writeLines(lines, options.output).finally(line.stop);
      const all = isWhole ? await store.decisions.count({ scenario: name }) : undefined;
      process.stderr.write(`${describeExport(name, { written, all })}\n`);
    });
  });
}

function decisionsCommand(): Command {
  const command = new Command("decisions").description(
    "Write decisions with propensities, candidates and rewards, as JSONL for recurve evaluate off-policy",
  );
  return withDatabaseOptions(command)
    .option("--scenario <name>", "scenario to export; default: the first of the configuration")
    .option("--output <file>", "new file to write; default: standard output")
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve export decisions --database shop.db > shop.jsonl",
    )
    .action(runExport);
}

export function exportCommand(): Command {
  const command = new Command("export").description(
    "Write the record or a policy out for other tools",
  );
  command.addCommand(decisionsCommand());
  command.addCommand(exportOnnxCommand());
  command.addCommand(exportTensorboardCommand());
  command.addCommand(exportMlflowCommand());
  return command;
}
