import { join } from "node:path";
import { findRowProblem, readDelimited } from "../read-delimited.ts";
import type { Place } from "../row.ts";
import { type Parsed, parseWith } from "../row-schema.ts";
import { invalidFile, openFile } from "../text-source.ts";
import type { MovielensFile } from "./form.ts";

export type ReadRow<T> = Place & Parsed<T>;

/** All rows of a file, the refused ones too, in its order; less where the signal ends it. @throws invalid_file */
export async function readFile<T>(
  folder: string,
  file: MovielensFile<T>,
  signal: AbortSignal,
): Promise<ReadRow<T>[]> {
  const source = await openFile(join(folder, file.name), signal);
  try {
    const lines = readDelimited(source, file.layout);
    if (file.hasHeader) checkHeader(source.name, file.columns, await lines.next());
    const rows: ReadRow<T>[] = [];
    for await (const { line, fields } of lines) {
      rows.push({ file: source.name, line, ...parseFields(file, fields) });
    }
    return rows;
  } finally {
    source.close();
  }
}

function checkHeader(
  name: string,
  columns: readonly string[],
  first: IteratorResult<{ readonly fields: readonly string[] }, void>,
): void {
  const expected = columns.join(",");
  const header = first.value?.fields.join(",") ?? "";
  if (header !== expected)
    throw invalidFile(name, `has the header row '${header}' and not '${expected}'`);
}

function parseFields<T>(file: MovielensFile<T>, fields: readonly string[]): Parsed<T> {
  const reason = findRowProblem(fields, file.columns.length);
  if (reason !== undefined) return { reason };
  const record = Object.fromEntries(file.columns.map((column, index) => [column, fields[index]]));
  return parseWith(file.schema, record);
}
