import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openConnection } from "./connection.ts";
import { takeOverSync } from "./log-sync.ts";

function openRecord(checkpointsBeside: boolean) {
  const folder = mkdtempSync(join(tmpdir(), "recurve-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "record.db");
  const connection = openConnection(path);
  connection.exec("PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT)");
  const log = takeOverSync(connection, checkpointsBeside);
  return { path, connection, log };
}

test("a record with a log is synced beside the event loop, and one in memory needs no sync", async () => {
  const { connection, log } = openRecord(false);
  expect(connection.prepare("PRAGMA synchronous").get()).toMatchObject({ synchronous: 1 });
  await expect(Promise.all([log.sync(), log.sync(), log.sync()])).resolves.toHaveLength(3);
  await log.close();

  const memory = openConnection(":memory:");
  await expect(takeOverSync(memory, false).sync()).resolves.toBeUndefined();
});

test("after a failed sync no later one succeeds: what it lost can't be written again", async () => {
  const { path, connection, log } = openRecord(false);
  rmSync(`${path}-wal`);
  const failed = {
    code: "storage_unavailable",
    message: expect.stringContaining("the disk failed"),
  };
  await expect(log.sync()).rejects.toMatchObject(failed);
  await expect(log.sync()).rejects.toMatchObject(failed);
  await log.close();
  connection.close();
});

test("a thread brings the log into the file, which commits then leave to it", async () => {
  const { path, connection, log } = openRecord(true);
  expect(connection.prepare("PRAGMA wal_autocheckpoint").get()).toMatchObject({
    wal_autocheckpoint: 0,
  });
  const before = statSync(path).size;
  const insert = connection.prepare("INSERT INTO notes VALUES (?)");
  for (let row = 0; row < 200; row++) insert.run("x".repeat(5000));
  expect(statSync(path).size).toBe(before);
  await vi.waitUntil(() => statSync(path).size > before + 200 * 5000, { timeout: 10_000 });
  await log.close();
  connection.close();
});
