import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { builtCommand } from "../../../tests/support/built-command.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { openStore } from "../../engine/open-store.ts";
import type { Store } from "../../storage/store.ts";
import { importCommand } from "./import.ts";

afterEach(() => {
  process.exitCode = undefined;
});

/** Runs `recurve import …` here and returns its standard output. */
async function run(...args: readonly string[]): Promise<string> {
  const command = importCommand();
  for (const child of command.commands) {
    child.exitOverride().configureOutput({ writeErr: () => undefined });
  }
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await command.parseAsync(args, { from: "user" });
    return write.mock.calls.map(([chunk]) => String(chunk)).join("");
  } finally {
    write.mockRestore();
  }
}

/** Runs it in a separate process, for standard input and signals. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [builtCommand(), "import", ...args]);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, stdout: text(child.stdout), exit: once(child, "exit") };
}

async function readStore<T>(database: string, read: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(database);
  return read(store).finally(() => store.close());
}

const countEvents = (database: string) => readStore(database, ({ events }) => events.count());

const withoutSeconds = (output: string) => output.replace(/(seconds +)\d+\.\d/, "$1…");

test("a MovieLens folder goes in, and again changes nothing", async () => {
  const folder = createTestFolder();
  writeFileSync(join(folder, "movies.csv"), "movieId,title,genres\n1,Toy Story (1995),Comedy\n");
  writeFileSync(
    join(folder, "ratings.csv"),
    "userId,movieId,rating,timestamp\n1,1,4.0,964982703\n",
  );
  const args = ["movielens", folder, "--database", join(folder, "a.db")];
  expect(withoutSeconds(await run(...args))).toBe(
    [
      "rows read            3",
      "stored               3",
      "unchanged/duplicate  0",
      "refused              0",
      "seconds              …",
      "events that train    1 of 1\n",
    ].join("\n"),
  );
  expect(await run(...args)).toMatch(/stored {15}0\nunchanged\/duplicate {2}3\n/);
  expect(process.exitCode).toBeUndefined();
});

test("refused rows are listed, all of them in the report, the good rows go in and the exit code is 1", async () => {
  const folder = createTestFolder();
  const file = join(folder, "events.csv");
  const bad = Array.from({ length: 22 }, (_, index) => `click,,i${index}`);
  writeFileSync(file, `type,userId,itemId\nclick,ada,a\n${bad.join("\n")}\nclick,bo,b\n`);
  const database = join(folder, "a.db");
  const report = join(folder, "refused.jsonl");
  const output = await run("events", file, "--database", database, "--report", report);
  expect(output).toContain("rows read            24\nstored               2\n");
  expect(output).toContain(`\n${file}:3: userId is missing\n`);
  expect(output).toContain(`\n${file}:22: userId is missing\n… and 2 more; --report`);
  expect(process.exitCode).toBe(1);
  expect(await countEvents(database)).toBe(2);
  const lines = readFileSync(report, "utf8").trimEnd().split("\n");
  expect(lines.length).toBe(22);
  expect(JSON.parse(lines[21]!)).toEqual({ file, line: 24, reason: "userId is missing" });
});

test("a type that trains nothing is named, with the one that was probably meant", async () => {
  const folder = createTestFolder();
  const file = join(folder, "events.csv");
  writeFileSync(file, "type,userId,itemId\nclik,ada,a\nclik,bo,a\nclick,bo,b\nscroll,bo,c\n");
  const args = ["events", file, "--database", join(folder, "a.db")];
  const output = await run(...args);
  expect(output).toContain("events that train    1 of 4\n");
  expect(output).toContain("events of type 'clik' train nothing: did you mean 'click'?\n");
  expect(output).toContain(
    "events of type 'scroll' train nothing: no scenario's reward has a weight for it,",
  );
  const config = join(folder, "config.json");
  const reward = { weights: { clik: 1, click: 0, scroll: -1 }, windowSeconds: 60, maximum: 1 };
  const scenario = { name: "shop", slateSize: 1, excludeSeen: false, reward };
  writeFileSync(config, JSON.stringify({ scenarios: [scenario] }));
  const configured = await run(...args, "--config", config);
  expect(configured).toContain("events that train    2 of 4\n");
  expect(configured).not.toContain("train nothing");
});

test("events of a record without items ask for the items, until they are there", async () => {
  const folder = createTestFolder();
  const [events, items] = [join(folder, "events.csv"), join(folder, "items.csv")];
  writeFileSync(events, "type,userId,itemId\nclick,ada,a\n");
  writeFileSync(items, "itemId\na\n");
  const rest = ["--database", join(folder, "a.db")];
  expect(await run("events", events, ...rest)).toContain("the record has no items yet");
  expect(await run("items", items, ...rest)).not.toContain("no items");
  expect(await run("events", events, ...rest)).not.toContain("no items");
});

test.each([
  ["a header row that does not fit", "user_id\n1\n", "invalid_file"],
  ["a missing file", undefined, "invalid_file"],
])("%s is refused before there is a database", async (_, content, code) => {
  const folder = createTestFolder();
  const file = join(folder, "users.csv");
  if (content !== undefined) writeFileSync(file, content);
  const database = join(folder, "a.db");
  await expect(run("users", file, "--database", database)).rejects.toMatchObject({ code });
  expect(existsSync(database)).toBe(false);
});

test.each(["-", "items.txt"])("'%s' without --format is wrong usage", async (path) => {
  await expect(run("items", path)).rejects.toMatchObject({
    exitCode: 2,
    message: `error: the format of '${path}' is unknown; add --format jsonl, csv or parquet`,
  });
});

test.each(["csv", "jsonl"])("a compressed file of %s is to be piped", async (format) => {
  const path = `items.${format}.gz`;
  await expect(run("items", path)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(
      `gunzip -c ${path} | recurve import items - --format ${format}`,
    ),
  });
});

test("standard input is read in the format that is named", async () => {
  const database = join(createTestFolder(), "a.db");
  const { child, stdout, exit } = start("items", "-", "--format", "jsonl", "--database", database);
  child.stdin.end('{"itemId":"a","categories":["x"]}\n{"itemId":""}\n');
  expect(await exit).toEqual([1, null]);
  expect(await stdout).toContain("stored               1\n");
  expect(await stdout).toContain('\nstdin:2: itemId must not be empty, got ""\n');
});

test("Ctrl-C ends an import with a summary, the exit code 130 and whole batches", async () => {
  const database = join(createTestFolder(), "a.db");
  const { child, stdout, exit } = start("items", "-", "--format", "csv", "--database", database);
  const rows = Array.from({ length: 2500 }, (_, index) => `i${index}\n`);
  // Left open: the import waits for more when the signal comes.
  child.stdin.write(`itemId\n${rows.join("")}`);
  await once(child.stderr, "data");
  child.kill("SIGINT");
  expect(await exit).toEqual([130, null]);
  const stored = await readStore(database, ({ items }) => items.count());
  expect([1000, 2000]).toContain(stored);
  expect(await stdout).toContain(`stored               ${stored.toLocaleString("en-GB")}\n`);
  expect(await stdout).toContain("interrupted; the same command imports the rest\n");
});

test("Ctrl-C before all events are read stores none, since others may be older", async () => {
  const database = join(createTestFolder(), "a.db");
  const { child, stdout, exit } = start("events", "-", "--format", "csv", "--database", database);
  const rows = Array.from({ length: 25_000 }, (_, index) => `click,u${index},i\n`);
  child.stdin.write(`type,userId,itemId\n${rows.join("")}`);
  expect(String((await once(child.stderr, "data"))[0])).toContain(
    "rows read, to be put in order of time",
  );
  child.kill("SIGINT");
  expect(await exit).toEqual([130, null]);
  expect(await countEvents(database)).toBe(0);
  expect(await stdout).toContain("interrupted; the same command imports the rest\n");
});

test("events go in by their time, in whatever order the file has them", async () => {
  const folder = createTestFolder();
  const file = join(folder, "events.csv");
  const rows = ["c,1700000300", "a,1700000100", "d,1700000300", "b,1700000200"];
  writeFileSync(
    file,
    `type,userId,itemId,occurredAt\n${rows.map((row) => `click,ada,${row}\n`).join("")}`,
  );
  const database = join(folder, "a.db");
  await run("events", file, "--database", database);
  const events = await readStore(database, (store) => store.events.scan({ after: 0, limit: 10 }));
  expect(events.map(({ itemId }) => itemId)).toEqual(["a", "b", "c", "d"]);
});
