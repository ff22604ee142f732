import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetMetadataAsync } from "hyparquet";
import { parquetWriteFile } from "hyparquet-writer";
import { expect, test } from "vitest";
import { importedAt, importSource, neverAborted } from "../../../tests/support/import-rows.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openStore } from "../../engine/open-store.ts";
import { openRows } from "./read-rows.ts";

const ids = Array.from({ length: 2000 }, (_, index) => `item-${index}`);
const available = ids.map((_, index) => index % 2 === 0);

/** A catalogue in two row groups, and the place in it where the second group's column `available` begins. */
async function writeCatalogue() {
  const file = join(createTestFolder(), "items.parquet");
  const columnData = [
    { name: "itemId", data: ids },
    { name: "available", data: available },
  ];
  parquetWriteFile({ filename: file, columnData, rowGroupSize: 1000 });
  const bytes = readFileSync(file);
  const { row_groups } = await parquetMetadataAsync(Uint8Array.from(bytes).buffer);
  const second = row_groups[1]?.columns[1]?.meta_data?.data_page_offset;
  return { file, bytes, start: Number(second) };
}

/** Ids of the items that an import left, and its error. */
async function importItems(file: string) {
  const store = await openStore(":memory:");
  const wanted = { kind: "items", now: importedAt, signal: neverAborted } as const;
  const message = await openRows(file, { ...wanted, format: "parquet" })
    .then((source) => importSource(store, source))
    .then(
      () => undefined,
      (error) => `${error.code}: ${error.message.replace(file, "items.parquet")}`,
    );
  const { length } = await store.items.changes({ after: 0, asOf: await store.items.sequence() });
  await store.close();
  return { message, stored: length };
}

const refusal = (problem: string) =>
  `invalid_file: items.parquet can't be read as Parquet: ${problem}; copy it again, or write it with zstd, snappy, gzip, brotli, lz4 or no compression`;

test("a page that says another size or count than the footer ends the import, and the rows before stay", async () => {
  const { file, bytes, start } = await writeCatalogue();
  expect(await importItems(file)).toEqual({ message: undefined, stored: 2000 });
  const damage = async (place: number, byte: number) => {
    writeFileSync(file, Buffer.from(bytes).fill(byte, start + place, start + place + 1));
    return importItems(file);
  };
  const column = "a page of column 'available'";
  const problems = [
    // The header ends before the sizes, before the counts, and with another count.
    [5, 0x00, `${column} has undefined bytes, and its part 34`],
    [8, 0x00, `${column} has impossible sizes`],
    [10, 0x7f, `${column} has 8168 values`],
  ] as const;
  for (const [place, byte, problem] of problems) {
    expect(await damage(place, byte)).toEqual({ message: refusal(problem), stored: 1000 });
  }
});

test("a footer whose rows are not those of its row groups is refused at once", async () => {
  const { file, bytes } = await writeCatalogue();
  // 2000 rows, zigzag in base 128.
  const rows = bytes.lastIndexOf(Buffer.from([0x16, 0xa0, 0x1f]));
  writeFileSync(file, Buffer.from(bytes).fill(0x7f, rows + 2, rows + 3));
  const message = refusal("its row groups have 2000 rows, and its footer says 8144");
  expect(await importItems(file)).toEqual({ message, stored: 0 });
});
