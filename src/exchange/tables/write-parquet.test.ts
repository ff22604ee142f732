import fc from "fast-check";
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import type { RecordTable, TableRow } from "./table.ts";
import { toParquet } from "./write-parquet.ts";

const columns = {
  name: "text",
  count: "integer",
  reward: "number",
  isNew: "boolean",
  at: "time",
  slate: "texts",
  rewards: "numbers",
  actions: "integers",
  context: "json",
} satisfies RecordTable["columns"];

async function write(rows: AsyncIterable<TableRow>) {
  const parts: Uint8Array[] = [];
  for await (const part of toParquet({ columns, rows })) parts.push(part);
  const bytes = Buffer.concat(parts);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return { parts, file };
}

async function* each<T>(rows: Iterable<T>) {
  yield* rows;
}

/** As a reader of another make would find it: with nulls for missing cells. */
const asRead = (row: TableRow) => ({
  name: row.name ?? null,
  count: row.count === undefined ? null : BigInt(row.count as number),
  reward: row.reward ?? null,
  isNew: row.isNew ?? null,
  at: row.at === undefined ? null : new Date(row.at as string),
  slate: row.slate ?? null,
  rewards: row.rewards ?? null,
  actions: row.actions === undefined ? null : (row.actions as readonly number[]).map(BigInt),
  context: row.context === undefined ? null : JSON.stringify(row.context),
});

/** The reader leaves a missing list undefined. */
const withNulls = (row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null]));

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Beyond 2⁵³ too, as far as an int64 goes. */
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1024n }).map(Number),
);
const rowOf = fc.record(
  {
    name: fc.string({ unit: "binary" }),
    count: integer,
    reward: number,
    isNew: fc.boolean(),
    at: fc
      .date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString()),
    slate: fc.array(fc.string({ unit: "grapheme" })),
    rewards: fc.array(number),
    actions: fc.array(integer),
    context: fc.dictionary(
      fc.string(),
      fc.oneof(
        number.filter((n) => !Object.is(n, -0)),
        fc.string(),
      ),
    ),
  },
  { requiredKeys: [] },
);

test("whatever the rows, each value comes back to the bit, and a missing one as null", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rowOf, { maxLength: 40 }), async (rows) => {
      const { file } = await write(each(rows as TableRow[]));
      const found = (await parquetReadObjects({ file, utf8: false })).map(withNulls);
      expect(found).toEqual((rows as TableRow[]).map(asRead));
      const signs = (values: readonly Readonly<Record<string, unknown>>[]) =>
        values.map(({ reward, rewards }) =>
          [reward, ...((rewards ?? []) as readonly unknown[])].map((one) => Object.is(one, -0)),
        );
      expect(signs(found)).toEqual(signs(rows));
    }),
    { seed: 7, numRuns: 100 },
  );
});

test("a long table leaves in row groups, while its rows are still being read", async () => {
  const context = { text: "x".repeat(1_000_000) };
  let read = 0;
  let firstPart: number | undefined;
  async function* rows() {
    for (; read < 40; read++) yield { count: read, context };
  }
  const parts: Uint8Array[] = [];
  for await (const part of toParquet({ columns, rows: rows() })) {
    firstPart ??= read;
    parts.push(part);
  }
  expect(firstPart).toBeLessThan(10);
  const bytes = new Uint8Array(Buffer.concat(parts)).buffer;
  const metadata = await parquetMetadataAsync({
    byteLength: bytes.byteLength,
    slice: (from, to) => bytes.slice(from, to),
  });
  expect(metadata.row_groups.length).toBeGreaterThanOrEqual(5);
  expect(Number(metadata.num_rows)).toBe(40);
});

test("a table without rows is a file with its columns", async () => {
  const { file } = await write(each([]));
  expect(await parquetReadObjects({ file })).toEqual([]);
});
