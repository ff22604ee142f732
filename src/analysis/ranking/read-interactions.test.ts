import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { readInteractions } from "./read-interactions.ts";

const options = { now: Date.parse("2026-01-01"), signal: new AbortController().signal };

/** A folder of that name with these files. */
function createData(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(createTestFolder(), name);
  mkdirSync(folder);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return folder;
}

const sequencesOf = ({ sequences }: { readonly sequences: readonly ArrayLike<number>[] }) =>
  sequences.map((sequence) => Array.from(sequence));

test("pairs and lines of a user give the same sequences", async () => {
  const pairs = createData("pairs", { "pairs.txt": "1 10\n1 30\n2 20\n2 10\n2 40\n" });
  const lines = createData("lines", { "shop.txt": "1 10 30\n2 20 10 40\n", "README.txt": "by me" });
  const [first, second] = [
    await readInteractions(pairs, options),
    await readInteractions(lines, options),
  ];
  expect(sequencesOf(first)).toEqual([
    [0, 1],
    [2, 0, 3],
  ]);
  expect(sequencesOf(second)).toEqual(sequencesOf(first));
  expect([first.name, first.itemCount, first.times]).toEqual(["pairs", 4, undefined]);
  expect(first.items.map((item) => item.itemId)).toEqual(["10", "30", "20", "40"]);
  expect(first.users).toEqual(["1", "2"].map((id) => ({ userId: id, attributes: {} })));
});

test("of a user's repeats in a sequence the first counts, and the rest are counted", async () => {
  const pairs = createData("pairs", { "pairs.txt": "1 1\n1 2\n2 1\n1 3\n1 1\n" });
  const lines = createData("lines", { "lines.txt": "1 1 2 3 1\n2 1 1\n" });
  const [first, second] = [
    await readInteractions(pairs, options),
    await readInteractions(lines, options),
  ];
  expect(sequencesOf(first)).toEqual([[0, 1, 2], [0]]);
  expect(sequencesOf(second)).toEqual(sequencesOf(first));
  expect([first.notes, second.notes]).toEqual([
    ["1 repeat was left out"],
    ["2 repeats were left out"],
  ]);
});

test("where only last times are known all of a user lies there", async () => {
  const folder = createData("m", {
    "m.txt": "1 1\n1 2\n2 1\n",
    "user_last_timestamp.tsv": "user\tlast_timestamp\n77\t500\n78\t900\n",
    "sas_to_original_users.txt": "1 78\n2 77\n",
  });
  const { times, notes } = await readInteractions(folder, options);
  expect(times?.map((own) => Array.from(own))).toEqual([[900, 900], [500]]);
  expect(notes).toEqual([
    "of each user only the last time is known: a split by time takes or leaves users whole",
  ]);
});

test("events stand in order of time, repeats and refused rows are counted", async () => {
  const event = (userId: string, itemId: string, day: number) =>
    JSON.stringify({ type: "view", userId, itemId, occurredAt: `2025-03-0${day}T00:00:00Z` });
  const rows = [event("u", "b", 3), event("u", "a", 1), event("v", "a", 2), event("u", "a", 4)];
  const folder = createData("shop", { "events.jsonl": [...rows, "{"].join("\n") });
  const data = await readInteractions(join(folder, "events.jsonl"), options);
  expect(sequencesOf(data)).toEqual([[1, 0], [1]]);
  expect(data.times?.[0]).toEqual(
    Float64Array.of(Date.parse("2025-03-01"), Date.parse("2025-03-03")),
  );
  expect(data.notes).toEqual([
    "1 row was refused; recurve import shows the reasons",
    "1 repeat was left out",
  ]);
});

test("items and users that were rated keep what MovieLens says of them", async () => {
  const folder = createData("films", {
    "ratings.csv": "userId,movieId,rating,timestamp\n7,2,4.0,1000000020\n7,1,3.5,1000000010\n",
    "movies.csv": "movieId,title,genres\n1,One (1995),Drama\n2,Two,Comedy|War\n3,Never rated,War\n",
  });
  const { items, users, itemCount } = await readInteractions(folder, options);
  expect(items.map((item) => [item.itemId, item.categories, item.attributes])).toEqual([
    ["1", ["Drama"], { title: "One (1995)", year: 1995 }],
    ["2", ["Comedy", "War"], { title: "Two" }],
  ]);
  expect([itemCount, users]).toEqual([2, [{ userId: "7", attributes: {} }]]);
});

test.each<[string, Record<string, string>, string]>([
  [
    "x",
    { "x.txt": "1 2\n3\n" },
    `must hold "user item" or "user item item …" in numbers, got '3' in line 2`,
  ],
  ["x", { "x.txt": "one 2\n" }, "got 'one 2' in line 1"],
  ["x", { "u.data": "" }, "is no MovieLens folder"],
  [
    "x",
    {
      "x.txt": "1 2\n",
      "user_last_timestamp.tsv": "",
      "sas_to_original_users.txt": "1 5\n",
    },
    "lacks a time of user 1",
  ],
])("data that is none is refused: %s %j", async (name, files, message) => {
  await expect(readInteractions(createData(name, files), options)).rejects.toThrow(message);
});

test("a file of an unknown kind and one that is missing are refused", async () => {
  const folder = createData("x", { "x.tsv": "" });
  await expect(readInteractions(join(folder, "x.tsv"), options)).rejects.toThrow(
    "must be a data folder, or a file that ends in .jsonl, .csv, .parquet or .txt",
  );
  await expect(readInteractions(join(folder, "y"), options)).rejects.toThrow("can't be read");
});
