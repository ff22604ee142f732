import { findHeaderProblem, toBody } from "./csv-columns.ts";
import { type DelimitedRow, findRowProblem, type Layout, readDelimited } from "./read-delimited.ts";
import type { RawRow } from "./row.ts";
import type { RowKind } from "./row-schema.ts";
import { invalidFile, type TextSource } from "./text-source.ts";

const layout: Layout = { delimiter: ",", encoding: "utf8", quoted: true };

function parseRow(header: readonly string[], row: DelimitedRow): RawRow {
  const { line, fields } = row;
  const reason = findRowProblem(row, header.length);
  return reason === undefined ? { line, value: toBody(header, fields) } : { line, reason };
}

async function* parseRows(
  header: readonly string[],
  rows: AsyncIterable<DelimitedRow>,
): AsyncGenerator<RawRow, void> {
  for await (const row of rows) yield parseRow(header, row);
}

/** Reads the header row at once and the others as they are asked for. @throws invalid_file */
export async function readCsv(source: TextSource, kind: RowKind): Promise<AsyncIterable<RawRow>> {
  const rows = readDelimited(source, layout);
  const first = await rows.next();
  if (source.signal.aborted) return parseRows([], rows);
  if (first.done) throw invalidFile(source.name, "is empty; a CSV file begins with a header row");
  const problem = findHeaderProblem(first.value.fields, kind);
  if (problem !== undefined) throw invalidFile(source.name, `has a header row that ${problem}`);
  return parseRows(first.value.fields, rows);
}
