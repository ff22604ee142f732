import type { ColumnNames } from "../../exchange/import/column-names.ts";
import { openParquet, type ParquetFile } from "../../exchange/import/read-parquet.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";
import { parseRow } from "./read-rows.ts";
import { type Columns, findColumns, readTableRow } from "./table-columns.ts";

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

/** A Parquet log with the columns of a CSV log; `candidates` may be a list. @throws as `findColumns` */
export async function openParquetLog(file: string, names: ColumnNames): Promise<DecisionLog> {
  const opened = await openParquet(file);
  const columns = findColumns(file, opened.header, names);
  return { file, format: `${columns.format} Parquet`, read: () => readRows(opened, columns) };
}
