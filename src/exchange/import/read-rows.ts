import type { ColumnNames } from "./column-names.ts";
import { readCsv } from "./read-csv.ts";
import { readJsonl } from "./read-jsonl.ts";
import { openParquet, readParquet } from "./read-parquet.ts";
import { renameFields } from "./rename-fields.ts";
import type { ImportRow, RawRow, RowSource } from "./row.ts";
import { createRowParser, type RowKind } from "./row-schema.ts";
import { openFile, type TextSource } from "./text-source.ts";

export const formats = ["jsonl", "csv", "parquet"] as const;
export type Format = (typeof formats)[number];

/** By the ending of the file's name. */
export function findFormat(path: string): Format | undefined {
  return formats.find((format) => path.toLowerCase().endsWith(`.${format}`));
}

/** Rows that a reader wants of a file. */
export interface WantedRows {
  readonly kind: RowKind;
  /** Milliseconds since 1970, the default time of events. */
  readonly now: number;
  /** Default: the columns are called as ours. */
  readonly names?: ColumnNames;
}

async function* parseRows(
  file: string,
  rows: AsyncIterable<RawRow>,
  { kind, now }: WantedRows,
): AsyncGenerator<ImportRow, void> {
  const parse = createRowParser(kind, now);
  for await (const row of rows) {
    const { line } = row;
    if ("reason" in row) yield { file, line, kind: "refused", reason: row.reason };
    else yield { file, line, ...parse(row.value) };
  }
}

async function readText(
  source: TextSource,
  { format, kind, names = new Map() }: WantedRows & { readonly format: "jsonl" | "csv" },
): Promise<AsyncIterable<RawRow>> {
  return format === "csv"
    ? readCsv(source, kind, names)
    : renameFields(readJsonl(source), kind, names);
}

/**
 * The rows of a JSONL or CSV file, with the field names of the HTTP wire.
 *
 * @throws invalid_file if the file has no proper header row; while iterating, if it can't be read
 * to its end; invalid_request if `names` gives a column a name that the kind has not
 */
export async function readRows(
  source: TextSource,
  options: WantedRows & { readonly format: "jsonl" | "csv" },
): Promise<RowSource> {
  const rows = parseRows(source.name, await readText(source, options), options);
  return { rows, share: source.share, close: source.close };
}

async function readParquetRows(path: string, options: WantedRows): Promise<RowSource> {
  const file = await openParquet(path);
  let read = 0;
  const raw = readParquet(file, options.kind, options.names ?? new Map());
  async function* counted() {
    for await (const row of raw) {
      read += 1;
      yield row;
    }
  }
  const share = () => (file.rows === 0 ? undefined : read / file.rows);
  return { rows: parseRows(path, counted(), options), share, close: () => undefined };
}

/** The same of a file in any of the formats. @throws as `readRows` */
export async function openRows(
  path: string,
  options: WantedRows & { readonly format: Format; readonly signal: AbortSignal },
): Promise<RowSource> {
  const { format, signal } = options;
  return format === "parquet"
    ? readParquetRows(path, options)
    : readRows(await openFile(path, signal), { ...options, format });
}
