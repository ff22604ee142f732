import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { invalidFile } from "../../exchange/import/text-source.ts";
import type { DecisionLog, LogRow, MalformedRow } from "./decision-log.ts";
import { parseRow } from "./read-rows.ts";
import { type Columns, findColumns, readTableRow } from "./table-columns.ts";

/** Rows in memory at a time. */
const chunkRows = 10_000;

interface OpenedFile {
  readonly file: string;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: Columns;
  /** Those of `columns` that the file has. */
  readonly names: readonly string[];
}

const unreadable = (file: string, cause: unknown) =>
  invalidFile(
    file,
    `can't be read as Parquet: ${cause instanceof Error ? cause.message : cause}; write it with zstd, snappy, gzip, brotli, lz4 or no compression`,
    cause,
  );

async function readChunk(opened: OpenedFile, rowStart: number) {
  const { file, buffer, metadata, names } = opened;
  const rowEnd = Math.min(rowStart + chunkRows, Number(metadata.num_rows));
  try {
    return await parquetReadObjects({
      file: buffer,
      metadata,
      columns: [...names],
      rowStart,
      rowEnd,
      compressors,
    });
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* readRows(opened: OpenedFile): AsyncGenerator<LogRow | MalformedRow, void> {
  const rows = Number(opened.metadata.num_rows);
  for (let start = 0; start < rows; start += chunkRows) {
    const chunk = await readChunk(opened, start);
    for (const [index, values] of chunk.entries()) {
      const line = start + index + 1;
      yield* parseRow(line, () => [
        readTableRow(opened.columns, values, { line, actions: undefined }),
      ]);
    }
  }
}

async function open(file: string): Promise<OpenedFile> {
  const opened = await asyncBufferFromFile(file)
    .then(async (buffer) => ({ buffer, metadata: await parquetMetadataAsync(buffer) }))
    .catch((error) => {
      throw unreadable(file, error);
    });
  const header = parquetSchema(opened.metadata).children.map(({ element }) => element.name);
  const columns = findColumns(header);
  if (typeof columns === "string") throw invalidFile(file, columns);
  const { action, reward, propensity, position, user, candidates } = columns;
  const wanted = [action, reward, propensity, position, user, candidates];
  const names = wanted.filter((name) => header.includes(name));
  return { file, ...opened, columns, names };
}

/** A Parquet log with the columns of a CSV log; `candidates` may be a list. @throws invalid_file */
export async function openParquetLog(file: string): Promise<DecisionLog> {
  const opened = await open(file);
  return { file, format: `${opened.columns.format} Parquet`, read: () => readRows(opened) };
}
