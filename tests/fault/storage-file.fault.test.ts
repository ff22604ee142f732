import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { expect, test } from "vitest";
import { migrations } from "../../src/storage/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/storage/sqlite/open.ts";
import { sampleEvent } from "../support/sample.ts";
import { createTestFolder } from "../support/store.ts";

function createDatabase(sql: string): string {
  const path = join(createTestFolder(), "recurve.db");
  const database = new Database(path);
  database.exec(sql);
  database.close();
  return path;
}

async function createStoreFile(events: number): Promise<string> {
  const path = join(createTestFolder(), "recurve.db");
  const store = await openSqliteStore(path);
  await store.events.record(Array.from({ length: events }, () => ({ event: sampleEvent() })));
  await store.close();
  return path;
}

async function expectRefusal(path: string, error: object): Promise<void> {
  const before = readFileSync(path);
  await expect(openSqliteStore(path)).rejects.toMatchObject(error);
  expect(readFileSync(path).equals(before)).toBe(true);
}

test("a file that is no database is refused and left as it is", async () => {
  for (const content of ["{}", "not a database, ".repeat(1000)]) {
    const path = join(createTestFolder(), "notes.txt");
    writeFileSync(path, content);
    await expectRefusal(path, {
      code: "storage_unavailable",
      message: expect.stringContaining(`${path}: the file is not a database; choose another path`),
      details: { path },
    });
    expect(readdirSync(join(path, ".."))).toEqual(["notes.txt"]);
  }
});

test("the database of another program is refused and left as it is", async () => {
  for (const sql of ["CREATE TABLE notes (text)", "PRAGMA user_version = 1"]) {
    await expectRefusal(createDatabase(sql), {
      code: "storage_unavailable",
      message: expect.stringContaining("another program"),
    });
  }
});

test("a newer database is refused with both versions and left as it is", async () => {
  const newer = migrations.length + 1;
  const path = await createStoreFile(1);
  const database = new Database(path);
  database.exec(`PRAGMA user_version = ${newer}; PRAGMA wal_checkpoint(TRUNCATE)`);
  database.close();
  await expectRefusal(path, {
    code: "unsupported_database_version",
    message: expect.stringMatching(
      `database version ${newer}, .* up to ${migrations.length}; use the newer release`,
    ),
    details: { version: newer, supported: migrations.length },
  });
});

test("a path that cannot be opened is refused with what to check", async () => {
  const folder = createTestFolder();
  mkdirSync(join(folder, "recurve.db"));
  for (const [path, remedy] of [
    [join(folder, "recurve.db"), "it is a folder; name a file"],
    [join(folder, "missing", "recurve.db"), "check that its folder exists and can be written to"],
  ] as const) {
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: "storage_unavailable",
      message: `cannot open the database ${path}: ${remedy}`,
      details: { path, reason: expect.stringContaining("Unable to open") },
    });
  }
});

test("a truncated database is never read as if it were whole", async () => {
  const whole = readFileSync(await createStoreFile(2000)).length;
  for (const share of [0.1, 0.5, 0.9]) {
    const path = await createStoreFile(2000);
    truncateSync(path, Math.floor((whole * share) / 4096) * 4096);
    const read = async () => {
      const store = await openSqliteStore(path);
      return store.events.scan({ after: 0, limit: 3000 }).finally(() => store.close());
    };
    await expect(read()).rejects.toMatchObject({
      code: "storage_unavailable",
      message: expect.stringContaining("restore it from a backup"),
    });
  }
});

test("a column with what no write of ours leaves is reported by name", async () => {
  const path = await createStoreFile(1);
  const database = new Database(path);
  database.exec(`INSERT INTO decisions VALUES
    (2, 'd', 'ann', 'shop', 'sideways', 1, 1, 0, 1, 1, 0, 1, '[]', '[]', '{}', x'', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`);
  database.close();
  const store = await openSqliteStore(path);
  await expect(store.decisions.recent(1)).rejects.toMatchObject({
    code: "storage_unavailable",
    message: expect.stringMatching(
      /arm must hold one of serving, canary, holdback, anchor, baseline, uniform, got sideways/,
    ),
  });
  await store.close();
});
