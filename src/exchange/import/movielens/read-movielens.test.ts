import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataFolder } from "../../../../tests/support/data-folder.ts";
import { importedAt, importSource, neverAborted } from "../../../../tests/support/import-rows.ts";
import { createTestFolder } from "../../../../tests/support/store.ts";
import { openStore } from "../../../engine/open-store.ts";
import type { ImportRow } from "../row.ts";
import { readMovielens } from "./read-movielens.ts";

const options = { now: importedAt, signal: neverAborted };

/** A folder with these files, in latin-1 where their form is. */
function createFolder(files: Record<string, string>): string {
  const folder = createTestFolder();
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, name.endsWith(".csv") ? "utf8" : "latin1");
  }
  return folder;
}

async function readAll(folder: string): Promise<ImportRow[]> {
  const rows: ImportRow[] = [];
  for await (const row of (await readMovielens(folder, options)).rows) rows.push(row);
  return rows;
}

const flags = (...set: number[]) =>
  Array.from({ length: 19 }, (_, index) => (set.includes(index) ? "1" : "0")).join("|");

const small100k = {
  "u.item": `543|Misérables, Les (1995)|01-Jan-1995||http://x|${flags(8, 12)}\n267|unknown||||${flags(0)}\n`,
  "u.user": "1|24|M|technician|85711\n",
  "u.data": "1\t543\t5\t881250949\n",
};

test("100k: latin-1 titles, years, genres by flag, users with their attributes", async () => {
  const rows = await readAll(createFolder(small100k));
  expect(rows.map(({ file: _, ...row }) => row)).toEqual([
    {
      line: 1,
      kind: "item",
      item: {
        itemId: "543",
        categories: ["Drama", "Musical"],
        attributes: { title: "Misérables, Les (1995)", year: 1995 },
        available: true,
      },
    },
    {
      line: 2,
      kind: "item",
      item: { itemId: "267", categories: [], attributes: { title: "unknown" }, available: true },
    },
    {
      line: 1,
      kind: "user",
      user: { userId: "1", attributes: { age: 24, gender: "M", occupation: "technician" } },
    },
    {
      line: 1,
      kind: "event",
      event: {
        eventId: "movielens:1:543:881250949",
        type: "rating",
        userId: "1",
        itemId: "543",
        value: 5,
        occurredAt: 881_250_949_000,
      },
    },
  ]);
});

test("1M: fields between ::, quotes as they stand, occupations by name", async () => {
  const rows = await readAll(
    createFolder({
      "movies.dat": '73::"Great" Misérables, Les (1995)::Drama|Musical\n',
      "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
      "ratings.dat": "1::73::4::978300760\n",
    }),
  );
  expect(rows).toMatchObject([
    {
      item: {
        itemId: "73",
        categories: ["Drama", "Musical"],
        attributes: { title: '"Great" Misérables, Les (1995)', year: 1995 },
      },
    },
    { user: { userId: "1", attributes: { gender: "F", age: 1, occupation: "K-12 student" } } },
    { user: { userId: "2", attributes: { gender: "M", age: 56, occupation: "self-employed" } } },
    { event: { userId: "1", itemId: "73", value: 4, occurredAt: 978_300_760_000 } },
  ]);
});

const smallLatest = {
  "movies.csv": `movieId,title,genres
73,"Misérables, Les (1995) ",Drama|War
40697,Babylon 5,(no genres listed)
171749,Death Note (2006–2007),Animation
`,
  "ratings.csv": "userId,movieId,rating,timestamp\n2,73,3.5,100\n1,73,0.5,100\n2,40697,4.0,99\n",
};

test("latest-small: quoted titles, no genres, users from their ratings", async () => {
  expect(await readAll(createFolder(smallLatest))).toMatchObject([
    {
      item: {
        categories: ["Drama", "War"],
        attributes: { title: "Misérables, Les (1995)", year: 1995 },
      },
    },
    { item: { itemId: "40697", categories: [], attributes: { title: "Babylon 5" } } },
    { item: { itemId: "171749", attributes: { title: "Death Note (2006–2007)" } } },
    { user: { userId: "2", attributes: {} } },
    { user: { userId: "1", attributes: {} } },
    { event: { userId: "2", itemId: "40697", value: 4, occurredAt: 99_000 } },
    { event: { userId: "2", itemId: "73", value: 3.5, occurredAt: 100_000 } },
    { event: { userId: "1", itemId: "73", value: 0.5, occurredAt: 100_000 } },
  ]);
});

test("rows that don't fit are refused by file and line, the others go in", async () => {
  const store = await openStore(":memory:");
  const folder = createFolder({
    "u.item": `${small100k["u.item"]}1|X (1990)||||${flags().replace("0", "2")}\n2| ||||${flags()}\n`,
    "u.user": "1|24|M|technician|85711\n2|young|M|other|1\n3|20|F\n",
    "u.data": [
      "1\t543\t6\t881250949",
      "1\t543\t5\t881250949",
      "\t543\t5\t881250949",
      "1\t543\tNaN\t881250949",
      "1\t543\t3\t-5",
      "1\t543\t3\t881250949000",
      "1 543 3 881250949",
    ].join("\n"),
  });
  const { counts, refusals } = await importSource(store, await readMovielens(folder, options));
  expect(counts).toEqual({ read: 14, stored: 4, unchanged: 0, refused: 10 });
  expect(
    refusals.map(({ file, line, reason }) => `${file.slice(folder.length + 1)}:${line} ${reason}`),
  ).toEqual([
    "u.item:3 has a genre flag that is neither 0 nor 1",
    'u.item:4 title is empty, got ""',
    'u.user:2 age must be a number, got "young"',
    "u.user:3 has 3 fields and not 5",
    "u.data:1 rating is above 5, got 6",
    'u.data:3 userId must not be empty, got ""',
    'u.data:4 rating must be a number, got "NaN"',
    "u.data:5 timestamp is no time in seconds since 1970, got -5",
    "u.data:6 timestamp is no time in seconds since 1970, got 881250949000",
    "u.data:7 has 1 fields and not 4",
  ]);
  await store.close();
});

test("an incomplete folder is refused with what each form lacks", async () => {
  const folder = createFolder({ "movies.dat": "", "users.dat": "", "u.data": "" });
  await expect(readMovielens(folder, options)).rejects.toMatchObject({
    code: "invalid_file",
    message: `${folder} is no MovieLens folder: for the form 100k it lacks u.item, u.user; for the form 1M it lacks ratings.dat; for the form latest-small it lacks ratings.csv, movies.csv`,
  });
});

test("a folder that is not there is refused with invalid_file", async () => {
  const folder = join(createTestFolder(), "missing");
  await expect(readMovielens(folder, options)).rejects.toMatchObject({ code: "invalid_file" });
});

test.each(["user,movie\n", ""])(
  "ratings.csv that begins with %j is refused as a whole",
  async (head) => {
    const folder = createFolder({ ...smallLatest, "ratings.csv": `${head}` });
    await expect(readAll(folder)).rejects.toMatchObject({
      code: "invalid_file",
      message: expect.stringContaining("not 'userId,movieId,rating,timestamp'"),
    });
  },
);

const isFull = process.env.RECURVE_FULL !== undefined;

const isInOrderOfTime = (events: readonly { readonly occurredAt: number }[]) =>
  events.every(({ occurredAt }, index) => occurredAt >= (events[index - 1]?.occurredAt ?? 0));

const byKind = (rows: Awaited<ReturnType<typeof readAll>>) => ({
  items: rows.flatMap((row) => (row.kind === "item" ? [row.item] : [])),
  users: rows.filter((row) => row.kind === "user").length,
  events: rows.flatMap((row) => (row.kind === "event" ? [row.event] : [])),
});

// The numbers of items, users and ratings are those of the READMEs of the data sets.
const folder100k = join(dataFolder, "ml-100k");
test.skipIf(!existsSync(folder100k))(
  "ml-100k is read as published and in order of time (needs RECURVE_DATA)",
  async () => {
    const rows = await readAll(folder100k);
    const { items, events, users } = byKind(rows);
    expect([items.length, users, events.length, rows.length]).toEqual([
      1682, 943, 100_000, 102_625,
    ]);
    const stars = [1, 2, 3, 4, 5].map(
      (star) => events.filter(({ value }) => value === star).length,
    );
    expect(stars).toEqual([6110, 11_370, 27_145, 34_174, 21_201]);
    expect(isInOrderOfTime(events)).toBe(true);
    expect(items.find((item) => item.itemId === "543")).toMatchObject({
      attributes: { title: "Misérables, Les (1995)", year: 1995 },
    });
  },
  60_000,
);

test.skipIf(!existsSync(folder100k) || !isFull)(
  "ml-100k goes in whole, and again without a change (needs RECURVE_DATA, RECURVE_FULL)",
  async () => {
    const store = await openStore(":memory:");
    const counts = { read: 102_625, stored: 102_625, unchanged: 0, refused: 0 };
    expect(await importSource(store, await readMovielens(folder100k, options))).toEqual({
      counts,
      refusals: [],
    });
    expect(await store.items.count()).toBe(1682);
    expect(await store.users.count()).toBe(943);
    expect(await store.events.count()).toBe(100_000);
    const again = await importSource(store, await readMovielens(folder100k, options));
    expect(again.counts).toEqual({ ...counts, stored: 0, unchanged: 102_625 });
    expect(await store.sequence()).toBe(102_625);
    await store.close();
  },
  60_000,
);

const folderLatest = join(dataFolder, "ml-latest-small");
test.skipIf(!existsSync(folderLatest) || !isFull)(
  "ml-latest-small is read as published and in order of time (needs RECURVE_DATA, RECURVE_FULL)",
  async () => {
    const rows = await readAll(folderLatest);
    const { items, events, users } = byKind(rows);
    expect([items.length, users, events.length, rows.length]).toEqual([
      9742, 610, 100_836, 111_188,
    ]);
    expect(isInOrderOfTime(events)).toBe(true);
    expect(items.find((item) => item.itemId === "73")).toMatchObject({
      attributes: { title: "Misérables, Les (1995)", year: 1995 },
    });
  },
  60_000,
);

const folder1m = join(dataFolder, "ml-1m");
test.skipIf(!existsSync(folder1m) || existsSync(join(folder1m, "ratings.dat")))(
  "ml-1m without its ratings is refused with what is missing (needs RECURVE_DATA)",
  async () => {
    await expect(readMovielens(folder1m, options)).rejects.toThrow(
      "for the form 1M it lacks ratings.dat;",
    );
  },
);
