import { createWriteStream } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { exportDecisions } from "../../engine/export-decisions.ts";
import type { ExportedDecision } from "../../engine/exported-decision.ts";
import { findScenario } from "../../engine/recommend.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { exportOnnxCommand } from "./export-onnx.ts";

interface ExportOptions extends DatabaseOptions {
  readonly scenario?: string;
  readonly output?: string;
}

async function* toLines(
  decisions: AsyncIterable<ExportedDecision>,
  onLine: () => void,
): AsyncGenerator<string, void> {
  for await (const decision of decisions) {
    yield `${JSON.stringify(decision)}\n`;
    onLine();
  }
}

/** Never overwrites: the name could be that of the database. */
const openOutput = (path: string | undefined): Writable =>
  path === undefined ? process.stdout : createWriteStream(path, { flags: "wx" });

const isOutputProblem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

async function writeLines(lines: AsyncIterable<string>, path: string | undefined): Promise<void> {
  try {
    await pipeline(Readable.from(lines), openOutput(path), { end: path !== undefined });
  } catch (error) {
    if (!isOutputProblem(error)) throw error;
    // Whoever read the lines had enough of them: recurve export decisions | head
    if (path === undefined && error.code === "EPIPE") return;
    const message = `${path ?? "standard output"} can't be written: ${error.message}; name a new file on a disk with room`;
    throw new EngineError("invalid_file", message, { details: { file: path }, cause: error });
  }
}

async function runExport(options: ExportOptions): Promise<void> {
  await withInterruption(async (signal) => {
    exitWhenAborted(signal);
    await withDatabase(options, async ({ store, configuration }) => {
      const scenario = findScenario(configuration, options.scenario);
      let count = 0;
      const decisions = exportDecisions({ store, scenario, now: Date.now() });
      await writeLines(
        toLines(decisions, () => {
          count += 1;
        }),
        options.output,
      );
      const open = (await store.decisions.count({ scenario: scenario.name })) - count;
      process.stderr.write(
        `${count} decisions of scenario ${scenario.name} exported; ${open} still wait for their reward\n`,
      );
    });
  });
}

function decisionsCommand(): Command {
  const command = new Command("decisions").description(
    "Decisions with propensities, candidates and rewards, as JSONL for recurve evaluate off-policy",
  );
  return withDatabaseOptions(command)
    .option("--scenario <name>", "scenario to export; the first of the configuration where absent")
    .option("--output <file>", "new file to write; standard output where absent")
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
  return command;
}
