import { Command, Option } from "commander";
import { arms } from "../../domain/decision.ts";
import { withConsent } from "../../engine/privacy/with-consent.ts";
import { chooseColumns } from "../../exchange/tables/table.ts";
import { toParquet } from "../../exchange/tables/write-parquet.ts";
import { toCsv, toJsonl } from "../../exchange/tables/write-text.ts";
import { formatWhole } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import {
  type Source,
  type TableKind,
  type TableLimits,
  type TableName,
  tableKinds,
} from "../export-tables.ts";
import { exitWhenAborted, withInterruption } from "../interruption.ts";
import { parseTime } from "../parse-options.ts";
import { createTimedLine } from "../timed-line.ts";
import { writeOutput } from "../write-output.ts";

const writers = { jsonl: toJsonl, csv: toCsv, parquet: toParquet } as const;
type Format = keyof typeof writers;
const formats = Object.keys(writers) as Format[];

interface TableOptions extends DatabaseOptions, TableLimits {
  readonly columns?: readonly string[];
  readonly format?: Format;
  readonly output?: string;
}

/** The name of the file says it; otherwise JSONL. */
const formatOf = ({ format, output = "" }: TableOptions): Format =>
  format ?? formats.find((known) => output.endsWith(`.${known}`)) ?? "jsonl";

/**
 * Rows that are not written are not read, so only a whole export knows the number of open
 * decisions.
 */
export function describeExport(
  rows: string,
  { written, rest }: { readonly written: number; readonly rest: string | undefined },
): string {
  return rest === undefined
    ? `the reader stopped after at most ${written} ${rows}; the rest was not exported`
    : `${written} ${rows} exported${rest}`;
}

async function writeTable(
  name: TableName,
  source: Source & { readonly options: TableOptions },
): Promise<void> {
  const { options, store } = source;
  const isPersonal = name === "decisions" || name === "events" || name === "users";
  // On record before its first row, so that no receipt misses it.
  if (isPersonal) {
    const path = options.output ?? "standard output";
    await store.files.add({ kind: "export", path, writtenAt: Date.now() });
  }
  const opened = await tableKinds[name].open(source);
  const { of, count, rest = async () => "" } = opened;
  const chosen = options.columns ?? opened.columns;
  const table = chosen ? chooseColumns(opened.table, chosen) : opened.table;
  const rows = of === undefined ? name : `${name} of scenario ${of}`;
  const work = () => `export of ${formatWhole(count)} ${name}`;
  const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
  // In a terminal that shows the rows themselves a line in between would be lost.
  const isShown = options.output !== undefined || !process.stdout.isTTY;
  let written = 0;
  async function* counted() {
    for await (const row of table.rows) {
      yield row;
      written += 1;
      const text = `${formatWhole(written)} of ${formatWhole(count)} ${name}`;
      if (isShown && written % 1000 === 0) line.update(text, written / count);
    }
  }
  const chunks = writers[formatOf(options)]({ columns: table.columns, rows: counted() });
  const isWhole = await writeOutput(chunks, options.output).finally(line.stop);
  const ending = isWhole ? await rest(written) : undefined;
  process.stderr.write(`${describeExport(rows, { written, rest: ending })}\n`);
}

const parseColumns = (text: string) => text.split(",").map((name) => name.trim());

function addLimits(command: Command, { scenario, hasUsers, hasArm, hasTime }: TableKind): void {
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
    .option("--to <time>", "first moment that is left out", parseTime);
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
        formats,
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
          const { store } = options.withRefusers ? parts : withConsent(parts);
          return writeTable(name, { ...parts, store, all: parts.store, options });
        });
      }),
    );
}
