import { readCsv } from "./read-csv.ts";
import { readJsonl } from "./read-jsonl.ts";
import type { ImportRow, RawRow, RowSource } from "./row.ts";
import { createRowParser, type RowKind } from "./row-schema.ts";
import type { TextSource } from "./text-source.ts";

export const formats = ["jsonl", "csv"] as const;
export type Format = (typeof formats)[number];

/** By the ending of the file's name. */
export function findFormat(path: string): Format | undefined {
  return formats.find((format) => path.toLowerCase().endsWith(`.${format}`));
}

async function* parseRows(
  file: string,
  rows: AsyncIterable<RawRow>,
  parse: ReturnType<typeof createRowParser>,
): AsyncGenerator<ImportRow, void> {
  for await (const row of rows) {
    const { line } = row;
    if ("reason" in row) yield { file, line, kind: "refused", reason: row.reason };
    else yield { file, line, ...parse(row.value) };
  }
}

/**
 * The rows of a JSONL or CSV file, with the field names of the HTTP wire.
 *
 * @param options.now milliseconds since 1970, the default time of events
 * @throws invalid_file if the file has no proper header row; while iterating, if it can't be read
 * to its end
 */
export async function readRows(
  source: TextSource,
  options: { readonly kind: RowKind; readonly format: Format; readonly now: number },
): Promise<RowSource> {
  const { kind, format, now } = options;
  const raw = format === "csv" ? await readCsv(source, kind) : readJsonl(source);
  const rows = parseRows(source.name, raw, createRowParser(kind, now));
  return { rows, share: source.share, close: source.close };
}
