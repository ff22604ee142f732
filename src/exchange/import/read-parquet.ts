import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { checkFooter, checkPages } from "./check-parquet.ts";
import { type ColumnNames, checkFileNames, checkOwnNames, pickColumns } from "./column-names.ts";
import { findHeaderProblem, knownColumns, toTypedBody } from "./csv-columns.ts";
import type { RawRow } from "./row.ts";
import type { RowKind } from "./row-schema.ts";
import { invalidFile } from "./text-source.ts";

/** Rows in memory at a time. */
const chunkRows = 10_000;

/** A Parquet file whose metadata has been read. */
export interface ParquetFile {
  readonly file: string;
  /** Columns of the first level. */
  readonly header: readonly string[];
  readonly rows: number;
  /** Values by column name, a chunk in memory at a time. @throws invalid_file */
  read(columns: readonly string[]): AsyncGenerator<Readonly<Record<string, unknown>>, void>;
}

const unreadable = (file: string, cause: unknown) =>
  invalidFile(
    file,
    `can't be read as Parquet: ${cause instanceof Error ? cause.message : cause}; copy it again, or write it with zstd, snappy, gzip, brotli, lz4 or no compression`,
    cause,
  );

interface Opened {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly header: readonly string[];
}

async function open(file: string): Promise<Opened> {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  checkFooter(metadata);
  const header = parquetSchema(metadata).children.map(({ element }) => element.name);
  return { buffer, metadata, header };
}

async function* readChunks(
  file: string,
  { buffer, metadata }: Opened,
  columns: readonly string[],
): AsyncGenerator<Readonly<Record<string, unknown>>, void> {
  let rowStart = 0;
  try {
    for (const group of metadata.row_groups) {
      const groupEnd = rowStart + Number(group.num_rows);
      if (groupEnd > rowStart) await checkPages(buffer, group, columns);
      while (rowStart < groupEnd) {
        const rowEnd = Math.min(rowStart + chunkRows, groupEnd);
        const range = { rowStart, rowEnd, columns: [...columns] };
        yield* await parquetReadObjects({ file: buffer, metadata, compressors, ...range });
        rowStart = rowEnd;
      }
    }
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** @throws invalid_file */
export async function openParquet(file: string): Promise<ParquetFile> {
  const opened = await open(file).catch((error) => {
    throw unreadable(file, error);
  });
  return {
    file,
    header: opened.header,
    rows: Number(opened.metadata.num_rows),
    read: (columns) => readChunks(file, opened, columns),
  };
}

/** Rows of a kind; the line of a row is its number, 1 being the first. @throws invalid_file, invalid_request */
export function readParquet(
  { file, header, read }: ParquetFile,
  kind: RowKind,
  names: ColumnNames,
): AsyncIterable<RawRow> {
  const known = knownColumns(kind, true);
  checkOwnNames(names, known);
  checkFileNames(file, names, header);
  const columns = pickColumns(header, names, known);
  const problem = findHeaderProblem(
    columns.map(({ name }) => name),
    kind,
    known,
  );
  if (problem !== undefined) throw invalidFile(file, problem);
  const wanted = [...new Set(columns.flatMap(({ index }) => header[index] ?? []))];
  return (async function* () {
    let line = 0;
    for await (const values of read(wanted)) {
      line += 1;
      const row = header.map((name) => values[name]);
      yield { line, value: toTypedBody(columns, row) };
    }
  })();
}
