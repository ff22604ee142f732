import type { ColumnNames } from "../../exchange/import/column-names.ts";
import {
  findRowProblem,
  type Layout,
  readDelimited,
} from "../../exchange/import/read-delimited.ts";
import { invalidFile, openFile, type TextSource } from "../../exchange/import/text-source.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";
import { parseRow, withSource } from "./read-rows.ts";
import { checkDistinct, RowProblem } from "./row-fields.ts";
import { type Columns, findColumns, readTableRow } from "./table-columns.ts";

const layout: Layout = { delimiter: ",", encoding: "utf8", quoted: true };

async function readHeader(open: () => Promise<TextSource>, file: string, names: ColumnNames) {
  for await (const { fields } of withSource(open, (source) => readDelimited(source, layout)))
    return { header: fields, columns: findColumns(file, fields, names) };
  throw invalidFile(file, "is empty; a CSV file begins with a header row");
}

interface Table {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly actions: readonly string[] | undefined;
}

async function* readRows(
  source: TextSource,
  { header, columns, actions }: Table,
): AsyncGenerator<LogRow | MalformedRow, void> {
  const rows = readDelimited(source, layout);
  await rows.next();
  const names = new Set<unknown>(Object.values(columns));
  const wanted = [...header.entries()].flatMap(([index, name]) =>
    names.has(name) ? [[name, index] as const] : [],
  );
  for await (const row of rows) {
    const { line, fields } = row;
    const problem = findRowProblem(row, header.length);
    if (problem !== undefined) {
      yield { line, problem };
      continue;
    }
    const values = Object.fromEntries(wanted.map(([name, index]) => [name, fields[index]]));
    yield* parseRow(line, () => [readTableRow(columns, values, { line, actions })]);
  }
}

/**
 * A CSV log: Open Bandit's columns, or itemId, reward, propensity.
 * @param options.actions that could be chosen in every row, if another file lists them
 * @throws as `findColumns`
 */
export async function openCsvLog(
  file: string,
  options: { readonly names: ColumnNames; readonly actions?: readonly string[] },
): Promise<DecisionLog> {
  const { names, actions } = options;
  const open = () => openFile(file, new AbortController().signal);
  const { header, columns } = await readHeader(open, file, names);
  return {
    file,
    format: `${columns.format} CSV`,
    ...(actions !== undefined && { actions }),
    read: () => withSource(open, (source) => readRows(source, { header, columns, actions })),
  };
}

/** The column item_id of Open Bandit's item_context.csv: everything that could be shown. @throws invalid_file */
export async function readItemContext(file: string): Promise<readonly string[]> {
  const open = () => openFile(file, new AbortController().signal);
  const items: string[] = [];
  let column: number | undefined;
  for await (const { fields } of withSource(open, (source) => readDelimited(source, layout))) {
    if (column === undefined) column = fields.indexOf("item_id");
    else items.push(fields[column] ?? "");
  }
  if (column === -1 || items.length === 0 || items.includes("")) {
    throw invalidFile(
      file,
      "must have an item_id in every row; take the file that came with the log",
    );
  }
  checkItems(file, items);
  return items;
}

function checkItems(file: string, items: readonly string[]): void {
  try {
    checkDistinct("item_id", items);
  } catch (error) {
    throw error instanceof RowProblem ? invalidFile(file, error.message) : error;
  }
}
