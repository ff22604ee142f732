import { Command, Option } from "commander";
import { arms } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import { chooseColumns } from "../../exchange/tables/table.ts";
import { toParquet } from "../../exchange/tables/write-parquet.ts";
import { toCsv, toJsonl } from "../../exchange/tables/write-text.ts";
import { formatWhole } from "../../numeric/format.ts";
import { checkRange } from "../check-range.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import {
  type OpenedTable,
  type Source,
  type TableKind,
  type TableLimits,
  type TableName,
  tableKinds,
} from "../export-tables.ts";
import { exportedPart, noteExport } from "../exported-part.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { parseTime } from "../parse-options.ts";
import { createTimedLine } from "../timed-line.ts";
import { writeOutput } from "../write-output.ts";

const writers = { jsonl: toJsonl, csv: toCsv, parquet: toParquet } as const;
const tableFormats = Object.keys(writers) as (keyof typeof writers)[];
type Format = keyof typeof writers | "dsjson";

const formatsOf = ({ hasDsjson }: TableKind): readonly Format[] =>
  hasDsjson ? [...tableFormats, "dsjson"] : tableFormats;

interface TableOptions extends DatabaseOptions, TableLimits {
  readonly columns?: readonly string[];
  readonly format?: Format;
  readonly output?: string;
}

/** The name of the file says it; otherwise JSONL. */
const formatOf = (kind: TableKind, { format, output = "" }: TableOptions): Format =>
  format ?? formatsOf(kind).find((known) => output.endsWith(`.${known}`)) ?? "jsonl";

/**
 * Rows that are not written are not read, so only a whole export knows the number of open
 * decisions.
 */
export function describeExport(
  rows: string,
  { written, rest }: { readonly written: number; readonly rest: string | undefined },
): string {
  const found = `${written} ${written === 1 ? rows.replace(/^(\w+)s\b/, "$1") : rows}`;
  return rest === undefined
    ? `the output ended after at most ${found}; the rest was not exported`
    : `${found} exported${rest}`;
}

/** Rows on their way into a file. */
interface Writing {
  /** Of one row, in the plural. */
  readonly rows: string;
  readonly count: number;
  /** @param counted passes rows on */
  chunks(counted: <T>(rows: AsyncIterable<T>) => AsyncIterable<T>): Chunks;
  rest(written: number): Promise<string>;
}

type Chunks = AsyncIterable<string | Uint8Array>;

const noRest = async () => "";

/** @throws invalid_request for columns of a format that has none */
function writingOf(name: TableName, opened: OpenedTable, options: TableOptions): Writing {
  const { dsjson, count, rest: open = noRest, refused = "" } = opened;
  const format = formatOf(tableKinds[name], options);
  if (format === "dsjson" && dsjson !== undefined) {
    if (options.columns === undefined)
      return { ...dsjson, chunks: (counted) => counted(dsjson.lines), rest: async () => refused };
    const message = "--columns is for tables, and dsjson has no columns; leave one of them out";
    throw new EngineError("invalid_request", message, { details: { field: "columns" } });
  }
  const chosen = options.columns ?? opened.columns;
  const { columns, rows } = chosen ? chooseColumns(opened.table, chosen) : opened.table;
  const rest = async (written: number) => `${await open(written)}${refused}`;
  const write = writers[format as keyof typeof writers];
  return { rows: name, count, rest, chunks: (counted) => write({ columns, rows: counted(rows) }) };
}

async function writeTable(
  name: TableName,
  source: Source & { readonly options: TableOptions },
): Promise<void> {
  const { options, store } = source;
  if (tableKinds[name].hasUsers) await noteExport(store, options.output);
  const opened = await tableKinds[name].open(source);
  const { rows, count, chunks, rest } = writingOf(name, opened, options);
  const work = () => `export of ${formatWhole(count)} ${rows}`;
  const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
  // In a terminal that shows the rows themselves a line in between would be lost.
  const isShown = options.output !== undefined || !process.stdout.isTTY;
  let written = 0;
  async function* counted<T>(given: AsyncIterable<T>) {
    for await (const row of given) {
      yield row;
      written += 1;
      const text = `${formatWhole(written)} of ${formatWhole(count)} ${rows}`;
      if (isShown && written % 1000 === 0) line.update(text, written / count);
    }
  }
  const isWhole = await writeOutput(chunks(counted), options.output).finally(line.stop);
  const ending = isWhole ? await rest(written) : undefined;
  const all = opened.of === undefined ? rows : `${rows} of scenario ${opened.of}`;
  process.stderr.write(`${describeExport(all, { written, rest: ending })}\n`);
}

const parseColumns = (text: string) => text.split(",").map((name) => name.trim());

/** The options of `TableLimits`. */
export function addLimits(
  command: Command,
  {
    scenario,
    hasUsers,
    hasArm,
    hasTime,
  }: Pick<TableKind, "scenario" | "hasUsers" | "hasArm" | "hasTime">,
): void {
  if (scenario !== undefined)
    command.option("--scenario <name>", `scenario to export; default: ${scenario}`);
  if (hasArm)
    command.addOption(new Option("--arm <arm>", "only decisions of this arm").choices(arms));
  if (hasUsers)
    command.option(
      "--with-refusers",
      "also rows that refuse training: for a copy of the record, or the users themselves",
    );
  if (!hasTime) return;
  command
    .option("--from <time>", "first moment, such as 2026-03-01 or 2026-03-01T12:00Z", parseTime)
    .option("--to <time>", "first moment that is left out", parseTime)
    .hook("preAction", (acting) => checkRange(acting.opts()));
}

/** `recurve export <name>`. */
export function exportTableCommand(name: TableName): Command {
  const kind = tableKinds[name];
  const command = withDatabaseOptions(new Command(name).description(kind.description));
  addLimits(command, kind);
  return command
    .option("--columns <names>", "columns in this order, with commas in between", parseColumns)
    .addOption(
      new Option("--format <format>", "default: by the name of the file, or jsonl").choices(
        formatsOf(kind),
      ),
    )
    .option("--output <file>", "new file to write; default: standard output")
    .addHelpText(
      "after",
      `\nExamples:\n  $ recurve export ${name} --database shop.db > shop.jsonl\n  $ recurve export ${name} --database shop.db --output shop.parquet\n\nThe columns are in docs/guides/tables.md`,
    )
    .action((options: TableOptions) =>
      withInterruption(async (signal) => {
        exitWhenAborted(signal);
        await withDatabase(options, (parts) => {
          const { store } = exportedPart(parts, options);
          return writeTable(name, { ...parts, store, all: parts.store, options });
        });
      }),
    );
}
