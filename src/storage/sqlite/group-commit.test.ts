import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { EngineError } from "../../domain/errors.ts";
import { type Connection, openConnection } from "./connection.ts";
import { createGroupCommit, type EventNumbers, maxWaitingWrites } from "./group-commit.ts";

/** A connection to a table `notes`, and a second one to the same file. */
function createNotes(sync?: () => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), "recurve-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "notes.db");
  const connection = openConnection(path);
  connection.exec(`PRAGMA journal_mode = WAL;
    CREATE TABLE event_number (sequence INTEGER NOT NULL); INSERT INTO event_number VALUES (0);
    CREATE TABLE notes (sequence INTEGER PRIMARY KEY, text TEXT NOT NULL)`);
  const insert = connection.prepare("INSERT INTO notes VALUES (?, ?)");
  const add = (text: string) => (numbers: EventNumbers) => {
    const sequence = numbers.next();
    insert.run(sequence, text);
    return sequence;
  };
  return {
    connection,
    commits: createGroupCommit(connection, sync),
    add,
    other: openConnection(path),
  };
}

function readNotes(connection: Connection): unknown[] {
  return connection
    .prepare("SELECT text FROM notes ORDER BY sequence")
    .all()
    .map(({ text }) => text);
}

test("one write more than may wait is refused with overloaded, the waiting ones are kept", async () => {
  const { commits, add, other } = createNotes();
  const writes = Array.from({ length: maxWaitingWrites }, (_, index) =>
    commits.run(add(`${index}`)),
  );
  await expect(commits.run(add("too many"))).rejects.toMatchObject({
    code: "overloaded",
    details: { limit: maxWaitingWrites },
  });
  const numbers = await Promise.all(writes);
  expect(numbers[maxWaitingWrites - 1]).toBe(maxWaitingWrites);
  expect(readNotes(other)).toHaveLength(maxWaitingWrites);
  expect(await commits.run(add("again"))).toBe(maxWaitingWrites + 1);
});

test("writes of one turn become visible to others in one commit", async () => {
  const { commits, add, other } = createNotes();
  const seen: number[] = [];
  const look = () => seen.push(readNotes(other).length);
  const spying = (text: string) => (numbers: EventNumbers) => {
    look();
    return add(text)(numbers);
  };
  await Promise.all([commits.run(spying("a")), commits.run(spying("b")), commits.run(spying("c"))]);
  look();
  expect(seen).toEqual([0, 0, 0, 3]);
});

test("while another process writes, writes wait and reads go on", async () => {
  const { connection, commits, add, other } = createNotes();
  expect(other.tryExec("BEGIN IMMEDIATE")).toBe(true);
  other.exec("INSERT INTO notes VALUES (0, 'theirs')");
  const write = commits.run(add("ours"));
  // By the second turn the first attempt has been made and has found the lock.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(readNotes(connection)).toEqual([]);
  other.exec("COMMIT");
  expect(await write).toBe(1);
  expect(readNotes(other)).toEqual(["theirs", "ours"]);
});

test("a lock that is held for 5 s fails the waiting writes, and only those", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { commits, add, other } = createNotes();
  other.exec("BEGIN IMMEDIATE");
  const refused = expect(commits.run(add("early"))).rejects.toMatchObject({
    code: "storage_unavailable",
    message: expect.stringContaining("5000 ms"),
  });
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  await vi.advanceTimersByTimeAsync(5000);
  await refused;
  other.exec("COMMIT");
  expect(await commits.run(add("late"))).toBe(1);
  expect(readNotes(other)).toEqual(["late"]);
});

test("on a full disk a write fails with storage_unavailable, what came before it stays", async () => {
  const { connection, commits, add, other } = createNotes();
  await commits.run(add("before"));
  connection.exec("PRAGMA max_page_count = 4");
  const full = {
    code: "storage_unavailable",
    message: expect.stringContaining("disk is full"),
    details: { reason: "database or disk is full", code: "SQLITE_FULL" },
  };
  const big = commits.run(add("x".repeat(100_000)));
  await expect(big).rejects.toMatchObject(full);
  expect(readNotes(other)).toEqual(["before"]);
  connection.exec("PRAGMA max_page_count = 1000");
  expect(await commits.run(add("after"))).toBe(2);
  expect(readNotes(other)).toEqual(["before", "after"]);
});

test("a transaction that SQLite takes back fails every write in it", async () => {
  const { connection, commits, add, other } = createNotes();
  const rollBack = () => {
    connection.exec("ROLLBACK");
    throw new Error("taken back");
  };
  const results = await Promise.allSettled([
    commits.run(add("a")),
    commits.run(rollBack),
    commits.run(add("b")),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(readNotes(other)).toEqual([]);
  expect(await commits.run(add("c"))).toBe(1);
});

test("a full disk is known until a write succeeds", async () => {
  const { connection, commits, add } = createNotes();
  await commits.run(add("small"));
  expect(commits.problem()).toBeUndefined();
  connection.exec("PRAGMA max_page_count = 3");
  await expect(commits.run(add("large".repeat(10_000)))).rejects.toMatchObject({
    code: "storage_unavailable",
    message: "the disk is full; free some space and retry",
  });
  expect(commits.problem()).toBe("the disk is full; free some space and retry");
  connection.exec("PRAGMA max_page_count = 1000");
  await commits.run(add("large".repeat(10_000)));
  expect(commits.problem()).toBeUndefined();
});

test("an answer waits until its commit is durable, and writes that come meanwhile share the next one", async () => {
  const ends: (() => void)[] = [];
  const { commits, add, other } = createNotes(() => new Promise((resolve) => ends.push(resolve)));
  const answered: string[] = [];
  const write = (text: string) => commits.run(add(text)).then(() => answered.push(text));
  const first = write("a");
  await vi.waitUntil(() => ends.length === 1);
  const later = [write("b"), write("c")];
  await new Promise(setImmediate);
  expect(answered).toEqual([]);
  expect(readNotes(other)).toEqual(["a"]);
  ends[0]?.();
  await first;
  await vi.waitUntil(() => ends.length === 2);
  expect(answered).toEqual(["a"]);
  expect(readNotes(other)).toEqual(["a", "b", "c"]);
  ends[1]?.();
  await Promise.all(later);
  expect(answered).toEqual(["a", "b", "c"]);
});

test("a write whose commit can't be made durable is not acknowledged", async () => {
  const failure = new EngineError("storage_unavailable", "the disk failed");
  const { commits, add } = createNotes(() => Promise.reject(failure));
  await expect(commits.run(add("a"))).rejects.toBe(failure);
  expect(commits.problem()).toBe("the disk failed");
});
