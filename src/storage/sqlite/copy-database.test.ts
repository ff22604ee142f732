import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { sampleEvent } from "../../../tests/support/sample.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { copyDatabase } from "./copy-database.ts";
import { migrations } from "./migrations.ts";
import { openSqliteStore } from "./open.ts";

const eventsOf = async (path: string) => {
  const store = await openSqliteStore(path);
  return store.events.scan({ after: 0, limit: 3000 }).finally(() => store.close());
};

async function openFilled(count: number) {
  const folder = createTestFolder();
  const path = join(folder, "recurve.db");
  const store = await openSqliteStore(path);
  await store.events.record(Array.from({ length: count }, () => ({ event: sampleEvent() })));
  return { folder, path, store };
}

test("a copy of an open database has all that was acknowledged, also from its log", async () => {
  const { folder, path, store } = await openFilled(100);
  expect(readFileSync(`${path}-wal`).length).toBeGreaterThan(0);
  const copy = join(folder, "copy.db");
  copyDatabase(path, copy);
  expect(readdirSync(folder).filter((name) => name.startsWith("copy.db"))).toEqual(["copy.db"]);
  await store.events.record([{ event: sampleEvent() }]);
  expect(await eventsOf(copy)).toEqual((await eventsOf(path)).slice(0, 100));
  await store.close();
});

test("the copy of an earlier release's database keeps its version", () => {
  const folder = createTestFolder();
  const path = join(folder, "recurve.db");
  const database = new Database(path);
  for (const migration of migrations.slice(0, 5)) database.exec(migration);
  database.exec("PRAGMA user_version = 5; PRAGMA application_id = 1380143702");
  database.close();
  const copy = join(folder, "copy.db");
  copyDatabase(path, copy);
  const copied = new Database(copy);
  expect(copied.prepare("PRAGMA user_version").get([])).toMatchObject({ user_version: 5 });
  copied.close();
});

test.each(["copy.db", "copy.db-wal"])("%s, if it exists, is not overwritten", async (name) => {
  const { folder, path, store } = await openFilled(1);
  await store.close();
  writeFileSync(join(folder, name), "kept");
  expect(() => copyDatabase(path, join(folder, "copy.db"))).toThrow(
    expect.objectContaining({ code: "invalid_file", details: { file: join(folder, name) } }),
  );
  expect(readFileSync(join(folder, name), "utf8")).toBe("kept");
});

test("a folder that does not exist is named", async () => {
  const { folder, path, store } = await openFilled(1);
  await store.close();
  expect(() => copyDatabase(path, join(folder, "none", "copy.db"))).toThrow(
    /copy\.db\.part can't be written: ENOENT.*name a file in a folder that exists/,
  );
});

test("a text or a truncated database leaves no copy", async () => {
  const { folder, path, store } = await openFilled(2000);
  await store.close();
  truncateSync(path, Math.floor(readFileSync(path).length / 2 / 4096) * 4096);
  const notes = join(folder, "notes.txt");
  writeFileSync(notes, "not a database");
  for (const from of [path, notes]) {
    const to = join(folder, "copy.db");
    expect(() => copyDatabase(from, to)).toThrow(
      expect.objectContaining({ code: "storage_unavailable" }),
    );
    expect([to, `${to}.part`].filter(existsSync)).toEqual([]);
  }
});
