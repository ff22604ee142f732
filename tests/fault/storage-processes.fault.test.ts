import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "libsql";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/storage/sqlite/open.ts";
import { sampleEvent } from "../support/sample.ts";
import { createTestFolder } from "../support/store.ts";

const writer = join(import.meta.dirname, "storage-writer.ts");

function startWriter(path: string, name: string, events: number): ChildProcess {
  const programArguments = ["--import", "tsx", writer, path, name, String(events)];
  return spawn(process.execPath, programArguments, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Ids that the process acknowledged on whole lines; kills it at the given number of them. */
async function readAcknowledged(child: ChildProcess, killAt: number): Promise<string[]> {
  const acknowledged: string[] = [];
  if (child.stdout === null) throw new TypeError("the child's output must be a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === killAt) child.kill("SIGKILL");
  }
  return acknowledged;
}

function checkIntegrity(path: string): unknown {
  const database = new Database(path);
  const [row] = database.prepare("PRAGMA integrity_check").all([]);
  database.close();
  return row;
}

test("every event acknowledged before kill -9 is in the database, which is whole", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const child = startWriter(path, "killed", 1_000_000);
  const exited = once(child, "exit");
  const acknowledged = await readAcknowledged(child, 300);
  expect(await exited).toEqual([null, "SIGKILL"]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  expect(checkIntegrity(path)).toEqual({ integrity_check: "ok" });
  const store = await openSqliteStore(path);
  const repeated = acknowledged.map((eventId) => ({ event: sampleEvent({ eventId }) }));
  expect(new Set(await store.events.record(repeated))).toEqual(new Set(["duplicate"]));
  expect(await store.sequence()).toBe(await store.events.count());
  await store.close();
});

test("processes that create and write one file together lose nothing and share one count", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const children = ["one", "two"].map((name) => startWriter(path, name, 200));
  const exits = children.map((child) => once(child, "exit"));
  const outputs = children.map((child) => readAcknowledged(child, Number.POSITIVE_INFINITY));
  const store = await openSqliteStore(path);
  let watermark = 0;
  while (watermark < 400) {
    watermark = await store.sequence();
    await store.events.record([]);
    const known = await store.events.scan({ after: 0, limit: watermark });
    expect(known.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: watermark }, (_, index) => index + 1),
    );
  }
  expect(await Promise.all(exits)).toEqual([
    [0, null],
    [0, null],
  ]);
  for (const acknowledged of await Promise.all(outputs)) expect(acknowledged).toHaveLength(200);
  expect(await store.events.count()).toBe(400);
  await store.close();
});

test("opening waits for a process that is about to create the file", async () => {
  const path = join(createTestFolder(), "recurve.db");
  const other = new Database(path);
  other.exec("BEGIN IMMEDIATE");
  const opening = openSqliteStore(path);
  await new Promise(setImmediate);
  other.exec("COMMIT");
  other.close();
  const store = await opening;
  expect(await store.events.record([{ event: sampleEvent() }])).toEqual(["stored"]);
  await store.close();
});
