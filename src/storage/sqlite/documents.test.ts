import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "./open.ts";

async function openDocuments() {
  const store = await openSqliteStore(":memory:");
  onTestFinished(() => store.close());
  return store;
}

const key = (id: string) => ({ kind: "evaluation", id }) as const;

test("a document is replaced, listed newest first, and deleted once", async () => {
  const { documents } = await openDocuments();
  await documents.put(key("a"), { value: 1 }, { now: 0 });
  await documents.put(key("b"), [2], { now: 0 });
  await documents.put(key("a"), { value: 3 }, { now: 0 });
  expect(await documents.find(key("a"), 0)).toEqual({ value: 3 });
  expect(await documents.find({ kind: "settings", id: "a" }, 0)).toBeUndefined();
  expect(await documents.list("evaluation", 9)).toEqual([[2], { value: 3 }]);
  expect(await documents.since("evaluation", 1)).toEqual({ count: 1, last: 2 });
  expect([await documents.delete(key("a")), await documents.delete(key("a"))]).toEqual([
    ...[true, false],
  ]);
});

test("one that must be new is refused if it is there, until it has expired", async () => {
  const { documents } = await openDocuments();
  const options = { isNew: true, expiresAt: 10 };
  await documents.put(key("a"), 1, { ...options, now: 0 });
  await expect(documents.put(key("a"), 2, { ...options, now: 9 })).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await documents.find(key("a"), 9)).toBe(1);
  expect(await documents.find(key("a"), 10)).toBeUndefined();
  await documents.put(key("a"), 2, { ...options, expiresAt: 20, now: 10 });
  expect(await documents.find(key("a"), 10)).toBe(2);
});
