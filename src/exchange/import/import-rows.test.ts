import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import {
  importedAt,
  importSource,
  importText,
  neverAborted,
  textSource,
} from "../../../tests/support/import-rows.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { openStore } from "../../engine/open-store.ts";
import type { Store } from "../../storage/store.ts";
import { batchSize, type ImportCounts, importRows } from "./import-rows.ts";
import { readRows } from "./read-rows.ts";
import type { ImportRow } from "./row.ts";
import { streamSource } from "./text-source.ts";

const events = { kind: "events", format: "jsonl" } as const;

function click(line: number): ImportRow {
  const event = {
    eventId: `e${line}`,
    type: "click",
    userId: userId(`u${line % 7}`),
    itemId: itemId("a"),
  };
  return { file: "rows", line, kind: "event", event: { ...event, value: 1, occurredAt: line } };
}

const clicks = (count: number): ImportRow[] =>
  Array.from({ length: count }, (_, index) => click(index + 1));
const sourceOf = (rows: Iterable<ImportRow>) => ({
  rows,
  share: () => undefined,
  close: () => undefined,
});

function createInterruption() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** Everything that an import leaves behind. */
const readStore = async (store: Store) => ({
  sequence: await store.sequence(),
  items: (await store.items.list({ limit: 1000 })).rows,
  users: (await store.users.list({ limit: 1000 })).rows,
  events: await store.events.scan({ after: 0, limit: 100_000 }),
});

test("good rows go in and the others are named by line and reason", async () => {
  const store = await openStore(":memory:");
  const text = [
    '{"type":"click","userId":"ada","itemId":"a","value":2,"occurredAt":"2026-01-01T00:00:00Z"}',
    '{"type":"click","userId":"","itemId":"a"}',
    "{",
    '{"type":"view","userId":"bo","itemId":"b"}',
  ].join("\n");
  const { counts, refusals } = await importText(store, textSource(text), events);
  expect(counts).toEqual({ read: 4, stored: 2, unchanged: 0, refused: 2 });
  expect(refusals).toEqual([
    { file: "rows", line: 2, reason: 'userId must not be empty, got ""' },
    { file: "rows", line: 3, reason: expect.stringContaining("is not JSON") },
  ]);
  expect(await store.events.scan({ after: 0, limit: 10 })).toEqual([
    {
      sequence: 1,
      userId: "ada",
      itemId: "a",
      type: "click",
      value: 2,
      occurredAt: Date.parse("2026-01-01"),
    },
    { sequence: 2, userId: "bo", itemId: "b", type: "view", value: 1, occurredAt: importedAt },
  ]);
  await store.close();
});

test("the same rows again, from another format, change nothing", async () => {
  const store = await openStore(":memory:");
  await importText(
    store,
    textSource('{"type":"buy","userId":"u","itemId":"i","value":2}\n'),
    events,
  );
  const csv = textSource("itemId,value,userId,type\ni,2.0,u,buy\n");
  const { counts } = await importText(store, csv, { kind: "events", format: "csv" });
  expect(counts).toEqual({ read: 1, stored: 0, unchanged: 1, refused: 0 });
  expect(await store.sequence()).toBe(1);
  await store.close();
});

test("a changed item counts as stored, an equal one as unchanged", async () => {
  const store = await openStore(":memory:");
  const items = { kind: "items", format: "csv" } as const;
  await importText(store, textSource("itemId,categories\na,x\nb,y\n"), items);
  const { counts } = await importText(store, textSource("itemId,categories\na,x\nb,z\n"), items);
  expect(counts).toEqual({ read: 2, stored: 1, unchanged: 1, refused: 0 });
  expect(await store.items.find(itemId("b"))).toMatchObject({ categories: ["z"], sequence: 3 });
  await store.close();
});

test("progress comes after each batch of 1000 rows and at the end", async () => {
  const store = await openStore(":memory:");
  const progress: ImportCounts[] = [];
  const onProgress = (counts: ImportCounts) => void progress.push(counts);
  const options = { store, signal: neverAborted, onRefusal: () => undefined, onProgress };
  await importRows(sourceOf(clicks(2500)), options);
  expect(progress.map(({ stored }) => stored)).toEqual([1000, 2000, 2500, 2500]);
  await store.close();
});

test("an interrupted import stops after a batch, and run again it ends as one that was not", async () => {
  const [whole, parts] = [await openStore(":memory:"), await openStore(":memory:")];
  await importSource(whole, sourceOf(clicks(3500)));
  const { signal, abort } = createInterruption();
  const options = { store: parts, signal, onRefusal: () => undefined };
  const counts = await importRows(sourceOf(clicks(3500)), {
    ...options,
    onProgress: ({ stored }) => {
      if (stored === 2 * batchSize) abort();
    },
  });
  expect(counts).toEqual({ read: 2000, stored: 2000, unchanged: 0, refused: 0 });
  expect(await parts.events.count()).toBe(2000);
  const again = await importSource(parts, sourceOf(clicks(3500)));
  expect(again.counts).toEqual({ read: 3500, stored: 1500, unchanged: 2000, refused: 0 });
  expect(await readStore(parts)).toEqual(await readStore(whole));
  await whole.close();
  await parts.close();
});

test.each([
  ["jsonl", ""],
  ["csv", ""],
  ["csv", "type,userId,itemId\nclick,ada,a\n"],
] as const)("a signal ends an import of %s that waits for input after %j", async (format, text) => {
  const store = await openStore(":memory:");
  const { signal, abort } = createInterruption();
  const input = new PassThrough();
  input.write(text);
  const source = streamSource("stdin", input, signal);
  const reading = readRows(source, { kind: "events", format, now: importedAt });
  setImmediate(abort);
  const options = { store, signal, onRefusal: () => undefined, onProgress: () => undefined };
  expect(await importRows(await reading, options)).toMatchObject({ stored: 0 });
  expect(input.destroyed).toBe(true);
  await store.close();
});

test("a source that fails leaves what was stored, and the counts say so", async () => {
  const store = await openStore(":memory:");
  function* failing(): Generator<ImportRow> {
    yield* clicks(1500);
    yield { file: "rows", line: 1501, kind: "refused", reason: "no" };
    throw new Error("unplugged");
  }
  const progress: ImportCounts[] = [];
  const onProgress = (counts: ImportCounts) => void progress.push(counts);
  const options = { store, signal: neverAborted, onRefusal: () => undefined, onProgress };
  await expect(importRows(sourceOf(failing()), options)).rejects.toThrow("unplugged");
  expect(progress.at(-1)).toEqual({ read: 1001, stored: 1000, unchanged: 0, refused: 1 });
  expect(await store.events.count()).toBe(1000);
  await store.close();
});

test("a store that fails ends the import with its error", async () => {
  const store = await openStore(":memory:");
  await store.close();
  await expect(importSource(store, sourceOf(clicks(1)))).rejects.toThrow();
});

test("edges go in from CSV; those to oneself and of unknown users are refused by line", async () => {
  const store = await openStore(":memory:");
  await importRows(sourceOf(clicks(3)), {
    store,
    signal: neverAborted,
    onRefusal: () => undefined,
    onProgress: () => undefined,
  });
  const text = [
    "userId,type,to",
    "u1,friend,u2",
    "u1,follow,eve",
    "u1,friend,nobody",
    "u1,follow,u1",
    "u1,likes,u2",
  ].join("\n");
  const run = () => importText(store, textSource(text), { kind: "edges", format: "csv" });
  const { counts, refusals } = await run();
  expect(counts).toEqual({ read: 5, stored: 2, unchanged: 0, refused: 3 });
  expect(
    refusals.toSorted((a, b) => a.line - b.line).map(({ line, reason }) => [line, reason]),
  ).toMatchInlineSnapshot(`
    [
      [
        4,
        "to is 'nobody', who was never written and has no event; create the user first, with PUT /api/v1/users or an import",
      ],
      [
        5,
        "to must not be the user's own id; name another user or author",
      ],
      [
        6,
        "type must be follow or friend, got "likes"",
      ],
    ]
  `);
  const edges = await store.edges.of(userId("u1"), { limit: 9 });
  expect(edges.map(({ type, to }) => [type, to])).toEqual([
    ["follow", "eve"],
    ["friend", "u2"],
  ]);
  expect((await run()).counts).toEqual({ read: 5, stored: 0, unchanged: 2, refused: 3 });
  await store.close();
});
