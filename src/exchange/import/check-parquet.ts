import type { AsyncBuffer, ColumnMetaData, FileMetaData, PageHeader, RowGroup } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";

/** The reader trusts sizes and counts: a wrong one leads it in a circle, or to fewer rows than were written. */
function check(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}

const isCount = (value: number | undefined, max: number): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= max;

/** @throws Error if the row groups have not the rows of the file */
export function checkFooter({ num_rows, row_groups }: FileMetaData): void {
  const rows = row_groups.map((group) => Number(group.num_rows));
  const counted = rows.reduce((sum, count) => sum + count, 0);
  const agree = rows.every((count) => count >= 0) && counted === Number(num_rows);
  check(agree, `its row groups have ${counted} rows, and its footer says ${num_rows}`);
}

/** Values of a page; of a dictionary none. */
function countValues(header: PageHeader, column: string): number {
  const { data_page_header: v1, data_page_header_v2: v2, dictionary_page_header: words } = header;
  if (v2) {
    const lengths = [v2.definition_levels_byte_length, v2.repetition_levels_byte_length];
    const fit = lengths.every((length) => isCount(length, header.compressed_page_size));
    const counts = [v2.num_nulls, v2.num_rows];
    const counted = counts.every((count) => isCount(count, v2.num_values));
    check(fit && counted, `a page of ${column} has impossible sizes`);
  }
  // A word takes at least a byte.
  const held = words === undefined || isCount(words.num_values, header.uncompressed_page_size);
  check(held, `the dictionary of ${column} has ${words?.num_values} words`);
  return v1?.num_values ?? v2?.num_values ?? 0;
}

async function checkColumn(
  buffer: AsyncBuffer,
  part: ColumnMetaData,
  column: string,
): Promise<void> {
  const start = part.dictionary_page_offset || part.data_page_offset;
  const end = start + part.total_compressed_size;
  const view = new DataView(await buffer.slice(Number(start), Number(end)));
  const reader = { view, offset: 0 };
  const expected = Number(part.num_values);
  let values = 0;
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    const size = header.compressed_page_size;
    const left = view.byteLength - reader.offset;
    check(isCount(size, left), `a page of ${column} has ${size} bytes, and its part ${left}`);
    reader.offset += size;
    const count = countValues(header, column);
    check(isCount(count, expected - values), `a page of ${column} has ${count} values`);
    values += count;
  }
  check(values === expected, `${column} has ${values} of ${expected} values`);
}

/** @throws Error if a column is missing, or if its pages are not as the footer says */
export async function checkPages(
  buffer: AsyncBuffer,
  { columns, num_rows }: RowGroup,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const column = `column '${name}'`;
    const parts = columns.flatMap(({ meta_data }) =>
      meta_data?.path_in_schema[0] === name ? [meta_data] : [],
    );
    check(parts.length > 0, `${column} is missing`);
    for (const part of parts) {
      const enough = part.num_values >= num_rows;
      check(enough, `${column} has ${part.num_values} values for ${num_rows} rows`);
      await checkColumn(buffer, part, column);
    }
  }
}
