import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Revision } from "../../src/domain/catalogue.ts";
import { userId } from "../../src/domain/ids.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import { canonicalJson } from "../../src/storage/canonical-json.ts";
import type { RevisionStore } from "../../src/storage/revision-store.ts";
import type { Store } from "../../src/storage/store.ts";
import { sampleItem, sampleUser } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

/** The two kinds of rows behind one face: ids are plain text, content is the attributes. */
interface Rows {
  readonly store: RevisionStore<{ readonly attributes: JsonObject }, string>;
  put(
    ...rows: (readonly [id: string, attributes?: JsonObject])[]
  ): ReturnType<Rows["store"]["put"]>;
  ids(rows: readonly Revision<object>[]): string[];
}

function usersOf(store: Store): Rows {
  return {
    store: store.users as unknown as Rows["store"],
    put: (...rows) => store.users.put(rows.map(([id, attributes]) => sampleUser(id, attributes))),
    ids: (rows) => rows.map((row) => (row as unknown as { userId: string }).userId),
  };
}

function itemsOf(store: Store): Rows {
  return {
    store: store.items as unknown as Rows["store"],
    put: (...rows) =>
      store.items.put(rows.map(([id, attributes = {}]) => sampleItem(id, { attributes }))),
    ids: (rows) => rows.map((row) => (row as unknown as { itemId: string }).itemId),
  };
}

async function listAll(rows: Rows, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let next: string | undefined;
  do {
    const page = await rows.store.list(next === undefined ? { limit } : { after: next, limit });
    pages.push(rows.ids(page.rows));
    next = page.next;
  } while (next !== undefined);
  return pages;
}

export function testRevisions(open: OpenStore): void {
  describe.each([
    ["users", usersOf],
    ["items", itemsOf],
  ] as const)("%s", (_name, rowsOf) => {
    test("a put row is found as it was, under the event number of its revision", async () => {
      const store = await open();
      const rows = rowsOf(store);
      expect(await rows.put(["ann", { age: 7 }], ["bob"])).toEqual({
        created: 2,
        updated: 0,
        unchanged: 0,
      });
      expect(await rows.store.find("bob")).toMatchObject({ attributes: {}, sequence: 2 });
      expect(await rows.store.find("ann")).toMatchObject({ attributes: { age: 7 }, sequence: 1 });
      expect(await rows.store.find("cid")).toBeUndefined();
      await store.close();
    });

    test("equal content is unchanged in any order of keys and takes no event number", async () => {
      const store = await open();
      const rows = rowsOf(store);
      await rows.put(["ann", { a: 1, b: { c: [1, 2], d: null } }]);
      expect(await rows.put(["ann", { b: { d: null, c: [1, 2] }, a: 1 }])).toEqual({
        created: 0,
        updated: 0,
        unchanged: 1,
      });
      expect(await store.sequence()).toBe(1);
      expect(await rows.put(["ann", { a: 1, b: { c: [2, 1], d: null } }])).toMatchObject({
        updated: 1,
      });
      expect(await store.sequence()).toBe(2);
      await store.close();
    });

    test("a row named twice in one call is created and then updated", async () => {
      const store = await open();
      const rows = rowsOf(store);
      expect(await rows.put(["ann", { a: 1 }], ["ann", { a: 2 }], ["ann", { a: 2 }])).toEqual({
        created: 1,
        updated: 1,
        unchanged: 1,
      });
      expect(await rows.store.find("ann")).toMatchObject({ attributes: { a: 2 }, sequence: 2 });
      await store.close();
    });

    test("changes that come together are all kept, and nothing is made of an absent row", async () => {
      const store = await open();
      const rows = rowsOf(store);
      await rows.put(["ann"]);
      const add = (name: string) =>
        rows.store.change(
          "ann",
          (row) => row && { ...row, attributes: { ...row.attributes, [name]: true } },
        );
      const changed = await Promise.all(["a", "b", "c"].map(add));
      expect(changed[2]).toMatchObject({ attributes: { a: true, b: true, c: true } });
      expect((await rows.store.find("ann"))?.attributes).toEqual({ a: true, b: true, c: true });
      expect(await rows.store.change("bob", (row) => row)).toBeUndefined();
      expect(await rows.store.find("bob")).toBeUndefined();
      expect(await store.sequence()).toBe(4);
      await store.close();
    });

    test("an older event number finds the older revision", async () => {
      const store = await open();
      const rows = rowsOf(store);
      await rows.put(["other"], ["ann", { a: 1 }]);
      await rows.put(["other", { x: 1 }], ["ann", { a: 2 }]);
      expect(await rows.store.find("ann", 1)).toBeUndefined();
      expect(await rows.store.find("ann", 2)).toMatchObject({ attributes: { a: 1 }, sequence: 2 });
      expect(await rows.store.find("ann", 3)).toMatchObject({ attributes: { a: 1 }, sequence: 2 });
      expect(await rows.store.find("ann", 4)).toMatchObject({ attributes: { a: 2 }, sequence: 4 });
      await store.close();
    });

    test("a deleted row is seen by older event numbers only and can be created again", async () => {
      const store = await open();
      const rows = rowsOf(store);
      await rows.put(["ann", { a: 1 }], ["bob"]);
      expect(await rows.store.delete("ann")).toBe(true);
      expect(await rows.store.delete("ann")).toBe(false);
      expect(await rows.store.delete("cid")).toBe(false);
      expect(await store.sequence()).toBe(3);
      expect(await rows.store.find("ann")).toBeUndefined();
      expect(await rows.store.find("ann", 2)).toMatchObject({ attributes: { a: 1 }, sequence: 1 });
      expect(await rows.store.find("ann", 3)).toBeUndefined();
      expect(await rows.store.count()).toBe(1);
      expect(await listAll(rows, 10)).toEqual([["bob"]]);
      expect(await rows.put(["ann", { a: 1 }])).toMatchObject({ created: 1 });
      expect(await rows.store.find("ann")).toMatchObject({ sequence: 4 });
      expect(await rows.store.count()).toBe(2);
      await store.close();
    });

    test("pages follow the binary order of ids to the end, newest revisions only", async () => {
      const store = await open();
      const rows = rowsOf(store);
      // UTF-16 order, which JavaScript sorts by, puts the last two the other way round.
      const ids = ["10", "9", "B", "a", "a ", "b", "ä", "日本", "\uFF5E", "😀"];
      await rows.put(...ids.toReversed().map((id) => [id] as const));
      await rows.put(["B", { changed: true }], ["gone"]);
      await rows.store.delete("gone");
      expect(await listAll(rows, 4)).toEqual([ids.slice(0, 4), ids.slice(4, 8), ids.slice(8)]);
      expect(await listAll(rows, 5)).toEqual([ids.slice(0, 5), ids.slice(5)]);
      expect(await rows.store.list({ after: "nobody", limit: 1 })).toMatchObject({
        rows: [{ attributes: {} }],
        next: "ä",
      });
      expect(await rows.store.count()).toBe(10);
      await store.close();
    });

    test("a long id and ids that differ in case, composition or a blank are told apart", async () => {
      const store = await open();
      const rows = rowsOf(store);
      const ids = ["x".repeat(100_000), "x".repeat(99_999), "É", "E\u0301", "é", "é "];
      await rows.put(...ids.map((id, index) => [id, { index }] as const));
      expect(await rows.store.count()).toBe(6);
      for (const [index, id] of ids.entries()) {
        expect(await rows.store.find(id)).toMatchObject({ attributes: { index } });
      }
      await store.close();
    });

    test("an id that text columns cannot hold is refused and the whole call with it", async () => {
      const store = await open();
      const rows = rowsOf(store);
      for (const id of ["a\0b", "\ud800"]) {
        await expect(rows.put(["ann"], [id])).rejects.toMatchObject({ code: "invalid_request" });
      }
      expect(await rows.store.count()).toBe(0);
      expect(await store.sequence()).toBe(0);
      await store.close();
    });
  });

  test("any JSON attributes come back equal and count as unchanged", async () => {
    const store = await open();
    const attributes = fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(attributes, async (value) => {
        const user = { userId: userId("ann"), attributes: value as JsonObject };
        await store.users.put([user]);
        const found = await store.users.find(user.userId);
        expect(canonicalJson(found?.attributes ?? null)).toBe(canonicalJson(user.attributes));
        expect(await store.users.put([user])).toMatchObject({ unchanged: 1 });
      }),
      { seed: 1, numRuns: 40 },
    );
    await store.close();
  });
}
