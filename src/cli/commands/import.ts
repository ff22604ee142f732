import { Command, Option } from "commander";
import { openStore } from "../../engine/open-store.ts";
import { openPseudonyms } from "../../engine/privacy/pseudonyms.ts";
import type { ColumnNames } from "../../exchange/import/column-names.ts";
import { createTrainingCount, type TrainingCount } from "../../exchange/import/count-training.ts";
import {
  type ImportCounts,
  type ImportOptions,
  importRows,
} from "../../exchange/import/import-rows.ts";
import { inOrderOfTime } from "../../exchange/import/in-order-of-time.ts";
import { readMovielens } from "../../exchange/import/movielens/read-movielens.ts";
import {
  type Format,
  findFormat,
  formats,
  openRows,
  readRows,
  type WantedRows,
} from "../../exchange/import/read-rows.ts";
import { openRefusalReport, type RefusalReport } from "../../exchange/import/refusal-report.ts";
import type { RowSource } from "../../exchange/import/row.ts";
import { type RowKind, rowKinds } from "../../exchange/import/row-schema.ts";
import { invalidFile, streamSource } from "../../exchange/import/text-source.ts";
import { chooseConfiguration, type DatabaseOptions, withDatabaseOptions } from "../database.ts";
import {
  describeImport,
  describeImportProgress,
  describeReading,
  describeSize,
} from "../import-summary.ts";
import { interruptedExitCode, withInterruption } from "../interruption.ts";
import { parseColumnNames } from "../parse-options.ts";
import { createTimedLine } from "../timed-line.ts";

const withoutItems =
  "the record has no items yet, so nothing can be shown or trained: import them too (recurve import items --help)";

interface Options extends DatabaseOptions {
  readonly report?: string;
}

interface Opening {
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Parts = Pick<ImportOptions, "store" | "signal" | "scenarios" | "pseudonyms"> & {
  readonly training: TrainingCount;
  readonly source: RowSource;
  readonly report: RefusalReport;
  readonly seconds: () => number;
};

async function closing<T extends { close(): unknown }, Result>(
  resource: T,
  use: (resource: T) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(resource);
  } finally {
    await resource.close();
  }
}

/** Prints the imported rows, also if an error ends the import. */
async function importAndDescribe(parts: Parts): Promise<ImportCounts> {
  const { source, report, store, signal, scenarios = [], pseudonyms, training, seconds } = parts;
  let counts: ImportCounts = { read: 0, stored: 0, unchanged: 0, refused: 0 };
  const onRead = () =>
    progress.update(describeReading(ordered.read, source.share()), ordered.share());
  const ordered = inOrderOfTime(source, { signal, onRead });
  const work = () => describeSize(ordered.read, source.share());
  const progress = createTimedLine({ work, stream: process.stderr, clock: Date.now });
  const onProgress = (next: ImportCounts) => {
    counts = next;
    progress.update(describeImportProgress(counts, ordered.share(), seconds()), ordered.share());
  };
  try {
    const onEvent = training.add;
    const writtenAt = Date.now();
    const options = {
      store,
      signal,
      writtenAt,
      scenarios,
      pseudonyms,
      onRefusal: report.add,
      onEvent,
      onProgress,
    };
    return await importRows(ordered, options);
  } finally {
    ordered.close();
    progress.stop();
    const done = { counts, training, first: report.first, seconds: seconds() };
    process.stdout.write(`${describeImport(done)}\n`);
  }
}

/**
 * The source comes first and the store last: an unreadable source leaves no new database behind.
 */
async function runImport(
  { database, config, report }: Options,
  signal: AbortSignal,
  open: (opening: Opening) => Promise<RowSource>,
): Promise<ImportCounts> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  return closing(await open({ signal, now: Date.now() }), (source) =>
    closing(openRefusalReport(report), async (refusals) =>
      closing(await openStore(database), async (store) => {
        const { configuration } = await chooseConfiguration(store, config);
        const { scenarios } = configuration;
        const training = createTrainingCount(scenarios);
        const pseudonyms = await openPseudonyms(store, configuration, Date.now());
        const parts = {
          pseudonyms,
          source,
          report: refusals,
          store,
          signal,
          scenarios,
          training,
          seconds,
        };
        const counts = await importAndDescribe(parts);
        if (training.events > 0 && (await store.items.sequence()) === 0)
          process.stdout.write(`${withoutItems}\n`);
        return counts;
      }),
    ),
  );
}

async function runCommand(
  options: Options,
  open: (opening: Opening) => Promise<RowSource>,
): Promise<void> {
  await withInterruption(async (signal) => {
    const { refused } = await runImport(options, signal, open);
    if (signal.aborted) process.stdout.write("interrupted; the same command imports the rest\n");
    if (signal.aborted || refused > 0) process.exitCode = signal.aborted ? interruptedExitCode : 1;
  });
}

const withOptions = (command: Command): Command =>
  withDatabaseOptions(command).option("--report <file>", "new file for all refused rows, as JSONL");

function movielensCommand(): Command {
  const command = new Command("movielens")
    .description("Import MovieLens 100k, 1M or latest-small, as published")
    .argument("<folder>");
  return withOptions(command).action((folder: string, options: Options) =>
    runCommand(options, (opening) => readMovielens(folder, opening)),
  );
}

interface FileOptions extends Options {
  readonly format?: Format;
  readonly columns?: ColumnNames;
}

/** Standard input comes once and in order, and Parquet begins at its end. */
function readStdin(
  format: Format,
  { signal, ...options }: WantedRows & Opening,
): Promise<RowSource> {
  const source = streamSource("stdin", process.stdin, signal);
  if (format !== "parquet") return readRows(source, { ...options, format });
  throw invalidFile("stdin", "can't be Parquet, which is read from its end; name a file");
}

function fileCommand(kind: RowKind): Command {
  const command: Command = new Command(kind)
    .description(`Import ${kind} from a JSONL, CSV or Parquet file`)
    .argument("<file>", "file that ends in .jsonl, .csv or .parquet, or - for standard input")
    .addOption(new Option("--format <format>", "format of the file").choices(formats))
    .option(
      "--columns <names>",
      "the file's columns by our name, such as userId=user,itemId=movie; others are left out",
      parseColumnNames,
    );
  return withOptions(command).action((path: string, { columns, ...options }: FileOptions) => {
    const format = options.format ?? findFormat(path);
    if (format === undefined) {
      const remedy = path.endsWith(".gz")
        ? `pipe it: gunzip -c ${path} | recurve import ${kind} - --format ${findFormat(path.slice(0, -3)) ?? "csv"}`
        : "add --format jsonl, csv or parquet";
      command.error(`error: the format of '${path}' is unknown; ${remedy}`, { exitCode: 2 });
    }
    const names = columns && { names: columns };
    return runCommand(options, (opening) =>
      path === "-"
        ? readStdin(format, { kind, ...names, ...opening })
        : openRows(path, { kind, format, ...names, ...opening }),
    );
  });
}

/** `recurve import …`. Sets the exit code 1 if rows were refused, 130 if Ctrl-C ended it. */
export function importCommand(): Command {
  const command = new Command("import").description("Import a data set, or rows from a file");
  command.addCommand(movielensCommand());
  for (const kind of rowKinds) command.addCommand(fileCommand(kind));
  return command;
}
