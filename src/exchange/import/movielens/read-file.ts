import { join } from "node:path";
import { type DelimitedRow, findRowProblem, readDelimited } from "../read-delimited.ts";
import type { Place } from "../row.ts";
import { type Parsed, parseWith } from "../row-schema.ts";
import { invalidFile, openFile } from "../text-source.ts";
import type { MovielensFile } from "./form.ts";

export type ReadRow<T> = Place & Parsed<T>;

/**
 * All rows of a file, the refused ones too, in its order; less if the signal ends it.
 * @throws invalid_file
 */
export async function readFile<T>(
  folder: string,
  file: MovielensFile<T>,
  signal: AbortSignal,
): Promise<ReadRow<T>[]> {
  const source = await openFile(join(folder, file.name), signal);
  try {
    const lines = readDelimited(source, file.layout);
    const header = file.hasHeader ? await lines.next() : undefined;
    if (header !== undefined && !signal.aborted) checkHeader(source.name, file.columns, header);
    const rows: ReadRow<T>[] = [];
    for await (const row of lines) {
      rows.push({ file: source.name, line: row.line, ...parseFields(file, row) });
    }
    return rows;
  } finally {
    source.close();
  }
}

function checkHeader(
  name: string,
  columns: readonly string[],
  first: IteratorResult<DelimitedRow, void>,
): void {
  const expected = columns.join(",");
  const header = first.value?.fields.join(",") ?? "";
  if (header !== expected)
    throw invalidFile(name, `has the header row '${header}' and not '${expected}'`);
}

function parseFields<T>(file: MovielensFile<T>, row: DelimitedRow): Parsed<T> {
  const reason = findRowProblem(row, file.columns.length);
  if (reason !== undefined) return { reason };
  const record = Object.fromEntries(
    file.columns.map((column, index) => [column, row.fields[index]]),
  );
  return parseWith(file.schema, record);
}
