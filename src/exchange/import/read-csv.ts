import {
  type ColumnNames,
  checkFileNames,
  checkOwnNames,
  type PickedColumn,
  pickColumns,
} from "./column-names.ts";
import { findHeaderProblem, knownColumns, toBody } from "./csv-columns.ts";
import { type DelimitedRow, findRowProblem, type Layout, readDelimited } from "./read-delimited.ts";
import type { RawRow } from "./row.ts";
import type { RowKind } from "./row-schema.ts";
import { invalidFile, type TextSource } from "./text-source.ts";

const layout: Layout = { delimiter: ",", encoding: "utf8", quoted: true };

interface Header {
  readonly length: number;
  readonly columns: readonly PickedColumn[];
}

function parseRow({ length, columns }: Header, row: DelimitedRow): RawRow {
  const { line, fields } = row;
  const reason = findRowProblem(row, length);
  return reason === undefined ? { line, value: toBody(columns, fields) } : { line, reason };
}

/** A header row that another separator than the comma makes one field. */
function checkSeparator(name: string, fields: readonly string[]): void {
  const separator = fields.length === 1 && fields[0]?.match(/[;|\t]/)?.[0];
  if (separator)
    throw invalidFile(name, `is separated by ${JSON.stringify(separator)}; write it with commas`);
}

async function* parseRows(
  header: Header,
  rows: AsyncIterable<DelimitedRow>,
): AsyncGenerator<RawRow, void> {
  for await (const row of rows) yield parseRow(header, row);
}

/** Reads the header row at once and the others as they are asked for. @throws invalid_file, invalid_request */
export async function readCsv(
  source: TextSource,
  kind: RowKind,
  names: ColumnNames = new Map(),
): Promise<AsyncIterable<RawRow>> {
  const known = knownColumns(kind, false);
  checkOwnNames(names, known);
  const rows = readDelimited(source, layout);
  const first = await rows.next();
  if (source.signal.aborted) return parseRows({ length: 0, columns: [] }, rows);
  if (first.done) throw invalidFile(source.name, "is empty; a CSV file begins with a header row");
  const { fields } = first.value;
  checkSeparator(source.name, fields);
  checkFileNames(source.name, names, fields);
  const columns = pickColumns(fields, names, known);
  const header = columns.map(({ name }) => name);
  const problem = findHeaderProblem(header, kind, known);
  if (problem !== undefined) throw invalidFile(source.name, `has a header row that ${problem}`);
  return parseRows({ length: fields.length, columns }, rows);
}
