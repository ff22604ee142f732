import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { expect, test } from "vitest";
import {
  importedAt,
  importSource,
  neverAborted,
  textSource,
} from "../../../tests/support/import-rows.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openStore } from "../../engine/open-store.ts";
import { openRows, readRows } from "./read-rows.ts";
import type { RowSource } from "./row.ts";

const names = new Map([
  ["userId", "user"],
  ["itemId", "movie"],
  ["value", "stars"],
]);
const events = { kind: "events", now: importedAt, names } as const;

async function importEvents(source: RowSource) {
  const store = await openStore(":memory:");
  const { refusals } = await importSource(store, source);
  const rows = await store.events.scan({ after: 0, limit: 10 });
  await store.close();
  return { rows: rows.map(({ userId, itemId, value }) => [userId, itemId, value]), refusals };
}

function writeParquet(columns: Readonly<Record<string, unknown[]>>): string {
  const filename = join(createTestFolder(), "log.parquet");
  const columnData = Object.entries(columns).map(([name, data]) => ({ name, data }));
  parquetWriteFile({ filename, columnData });
  return filename;
}

const refusalOf = (reading: Promise<unknown>) =>
  reading.then(
    () => "read",
    ({ code, message }) => `${code}: ${message}`,
  );

test("rows of CSV, JSONL and Parquet are read by the file's own names, and other columns are left out", async () => {
  const csv = textSource("when,type,user,movie,stars,value\nx,rating,7,a,4.5,1\n");
  const jsonl = textSource('{"type":"rating","user":7,"movie":"a","stars":4.5,"value":1,"when":2}');
  const parquet = writeParquet({
    type: ["rating"],
    user: [7n],
    movie: ["a"],
    stars: [4.5],
    value: [1],
    when: ["x"],
  });
  const expected = { rows: [["7", "a", 4.5]], refusals: [] };
  expect(await importEvents(await readRows(csv, { ...events, format: "csv" }))).toEqual(expected);
  expect(await importEvents(await readRows(jsonl, { ...events, format: "jsonl" }))).toEqual(
    expected,
  );
  const source = await openRows(parquet, { ...events, format: "parquet", signal: neverAborted });
  expect(await importEvents(source)).toEqual(expected);
});

test("a consent in Parquet is the JSON that an export writes, or a column for each flag", async () => {
  const stated = { train: false };
  const rows = { type: ["rating", "rating"], user: ["u", "v"], movie: ["a", "b"], stars: [1, 2] };
  for (const columns of [
    { consent: [JSON.stringify(stated), null] },
    { "consent.train": [false, null] },
  ]) {
    const store = await openStore(":memory:");
    const options = { ...events, format: "parquet", signal: neverAborted } as const;
    const path = writeParquet({ ...rows, ...columns });
    const { refusals } = await importSource(store, await openRows(path, options));
    expect(refusals).toEqual([]);
    const found = await store.events.scan({ after: 0, limit: 10 });
    expect(found.map(({ consent }) => consent)).toEqual([stated, undefined]);
    await store.close();
  }
});

test("a row of Parquet whose time no date holds is refused, and the others are read", async () => {
  const filename = join(createTestFolder(), "log.parquet");
  const columnData = [
    { name: "type", data: ["rating", "rating"] },
    { name: "user", data: ["u", "v"] },
    { name: "movie", data: ["a", "b"] },
    { name: "stars", data: [1, 2] },
    { name: "occurredAt", data: [2n ** 63n - 1n, 0n], type: "TIMESTAMP" as const },
  ];
  parquetWriteFile({ filename, columnData });
  const source = await openRows(filename, { ...events, format: "parquet", signal: neverAborted });
  expect(await importEvents(source)).toMatchObject({
    rows: [["v", "b", 2]],
    refusals: [{ line: 1, reason: expect.stringContaining("occurredAt") }],
  });
});

test("an id of more than 53 bits is its digits", async () => {
  const user = 2n ** 62n + 1n;
  const path = writeParquet({ type: ["rating"], user: [user], movie: ["a"], stars: [1] });
  const source = await openRows(path, { ...events, format: "parquet", signal: neverAborted });
  expect((await importEvents(source)).rows).toEqual([["4611686018427387905", "a", 1]]);
});

test("a column that is missing, or a name that is none of ours, is refused with the remedy", async () => {
  const csv = (text: string) => readRows(textSource(text), { ...events, format: "csv" });
  expect(await refusalOf(csv("type,usr,movie,stars\n"))).toBe(
    "invalid_file: rows has no column 'user' for userId; it has type, usr, movie, stars; did you mean --columns userId=usr?",
  );
  const wrong = { ...events, names: new Map([["userid", "user"]]), format: "jsonl" } as const;
  expect(await refusalOf(readRows(textSource(""), wrong))).toMatch(
    /^invalid_request: --columns has 'userid=user', but no column is called 'userid' here; did you mean 'userId'\?/,
  );
  const unnamed = { kind: "events", now: importedAt, format: "csv" } as const;
  expect(await refusalOf(readRows(textSource("type,user,itemId\n"), unnamed))).toMatch(
    /lacks 'userId', has unknown columns 'user'; .*; name others with --columns userId=<column>$/,
  );
});

test("a line of JSON without the named fields is refused with the fields that it has", async () => {
  const jsonl = textSource('{"type":"rating","usr":"u","film":"a"}\n');
  const { refusals } = await importEvents(await readRows(jsonl, { ...events, format: "jsonl" }));
  expect(refusals).toEqual([
    {
      file: "rows",
      line: 1,
      reason:
        "has no column 'user' for userId; it has type, usr, film; did you mean --columns userId=usr?",
    },
  ]);
});
