import type { ColumnNames } from "../../exchange/import/column-names.ts";
import { readJsonl } from "../../exchange/import/read-jsonl.ts";
import { invalidFile, openFile, type TextSource } from "../../exchange/import/text-source.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";
import { isDsjson, readInteraction } from "./read-dsjson.ts";
import { exportFormat, isExportedDecision, readExportedDecision } from "./read-exported.ts";
import { parseRow, withSource } from "./read-rows.ts";
import { fieldProblem } from "./row-fields.ts";
import { findColumns, readTableRow, refuseNames } from "./table-columns.ts";

type Reader = (line: number, value: unknown) => readonly LogRow[];

async function* readRows(
  source: TextSource,
  read: Reader,
): AsyncGenerator<LogRow | MalformedRow, void> {
  for await (const row of readJsonl(source)) {
    const { line } = row;
    if ("reason" in row) yield { line, problem: row.reason };
    else yield* parseRow(line, () => read(line, row.value));
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Rows with the columns of a CSV log. @throws as `findColumns` */
function readTable(file: string, first: object, names: ColumnNames): Form {
  const columns = findColumns(file, Object.keys(first), names);
  const read: Reader = (line, value) => {
    if (isObject(value)) return [readTableRow(columns, value, { line, actions: undefined })];
    throw fieldProblem("the row", "an object", value, "write a JSON object a line");
  };
  return { format: `${columns.format} JSONL`, read };
}

interface Form {
  readonly format: string;
  readonly read: Reader;
}

/** The forms that name themselves, without columns to be named. */
function findForm(first: unknown): Form | undefined {
  if (isExportedDecision(first)) return { format: exportFormat, read: readExportedDecision };
  if (!isDsjson(first)) return undefined;
  return { format: "VowpalWabbit dsjson", read: readInteraction };
}

/** The first JSON line determines the form. @throws invalid_file, invalid_request */
async function detect(
  open: () => Promise<TextSource>,
  file: string,
  names: ColumnNames,
): Promise<Form> {
  for await (const row of withSource(open, readJsonl)) {
    if ("reason" in row) continue;
    const form = findForm(row.value);
    if (form === undefined && isObject(row.value)) return readTable(file, row.value, names);
    if (form === undefined) break;
    refuseNames(file, form.format, names);
    return form;
  }
  throw invalidFile(
    file,
    "begins with no line of recurve export decisions, of VowpalWabbit's dsjson, or of a table",
  );
}

/** Our own export, VowpalWabbit's dsjson, or a table. @throws invalid_file if it is none of them */
export async function openJsonlLog(file: string, names: ColumnNames): Promise<DecisionLog> {
  const open = () => openFile(file, new AbortController().signal);
  const { format, read } = await detect(open, file, names);
  return { file, format, read: () => withSource(open, (source) => readRows(source, read)) };
}
