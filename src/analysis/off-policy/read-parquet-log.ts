import type { ColumnNames } from "../../exchange/import/column-names.ts";
import { openParquet, type ParquetFile } from "../../exchange/import/read-parquet.ts";
import { decisionColumns } from "../../exchange/tables/record-tables.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";
import { exportFormat, readExportedDecision } from "./read-exported.ts";
import { parseRow } from "./read-rows.ts";
import { fieldProblem } from "./row-fields.ts";
import { type Columns, findColumns, readTableRow, refuseNames } from "./table-columns.ts";

async function* readRows(
  { header, read }: ParquetFile,
  columns: Columns,
): AsyncGenerator<LogRow | MalformedRow, void> {
  const { action, reward, propensity, position, user, candidates } = columns;
  const wanted = [action, reward, propensity, position, user, candidates];
  let line = 0;
  for await (const values of read(wanted.filter((name) => header.includes(name)))) {
    line += 1;
    yield* parseRow(line, () => [readTableRow(columns, values, { line, actions: undefined })]);
  }
}

/** A value of an exported table as its JSON line has it. @throws RowProblem */
function toJson(name: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "string" || decisionColumns[name] !== "json") return value;
  try {
    return JSON.parse(value);
  } catch {
    throw fieldProblem(name, "JSON", value, "export the decisions again");
  }
}

async function* readDecisions({
  header,
  read,
}: ParquetFile): AsyncGenerator<LogRow | MalformedRow, void> {
  let line = 0;
  for await (const values of read(header)) {
    line += 1;
    yield* parseRow(line, () => {
      const found = Object.entries(values).filter(
        ([, value]) => (value ?? undefined) !== undefined,
      );
      const fields = found.map(([name, value]) => [name, toJson(name, value)]);
      return readExportedDecision(line, Object.fromEntries(fields));
    });
  }
}

/**
 * Decisions of `recurve export decisions`, or a table with the columns of a CSV log; `candidates` may be a list.
 * @throws as `findColumns`
 */
export async function openParquetLog(file: string, names: ColumnNames): Promise<DecisionLog> {
  const opened = await openParquet(file);
  if (opened.header.includes("positionPropensities")) {
    refuseNames(file, exportFormat, names);
    return { file, format: exportFormat, read: () => readDecisions(opened) };
  }
  const columns = findColumns(file, opened.header, names);
  return { file, format: `${columns.format} Parquet`, read: () => readRows(opened, columns) };
}
