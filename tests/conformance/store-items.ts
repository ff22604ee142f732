import { expect, test } from "vitest";
import { itemId } from "../../src/domain/ids.ts";
import { sampleItem, sampleUser } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

export function testItemChanges(open: OpenStore): void {
  test("every field of an item comes back and makes a revision where it changes", async () => {
    const store = await open();
    const item = sampleItem("a", {
      categories: ["b", "a"],
      attributes: { price: 0.1 },
      available: false,
    });
    await store.items.put([item]);
    expect(await store.items.find(item.itemId)).toEqual({ ...item, sequence: 1 });
    for (const change of [{ categories: ["a", "b"] }, { attributes: {} }, { available: true }]) {
      expect(await store.items.put([{ ...item, ...change }])).toMatchObject({ updated: 1 });
    }
    await store.close();
  });

  test("the event number of the items moves with items only", async () => {
    const store = await open();
    expect(await store.items.sequence()).toBe(0);
    await store.items.put([sampleItem("a")]);
    await store.users.put([sampleUser("ann")]);
    expect(await store.items.sequence()).toBe(1);
    await store.items.delete(itemId("a"));
    expect(await store.items.sequence()).toBe(3);
    await store.close();
  });

  test("changes give the newest state of each item within the span, deletions included", async () => {
    const store = await open();
    const [a, b, c] = [sampleItem("a"), sampleItem("b"), sampleItem("c")];
    const changedA = { ...a, available: false };
    await store.items.put([b, a, c]);
    await store.items.put([changedA]);
    await store.items.delete(b.itemId);
    expect(await store.items.changes({ after: 0, asOf: 3 })).toEqual([
      { itemId: "b", sequence: 1, created: 1, item: b },
      { itemId: "a", sequence: 2, created: 2, item: a },
      { itemId: "c", sequence: 3, created: 3, item: c },
    ]);
    expect(await store.items.changes({ after: 0, asOf: 5 })).toEqual([
      { itemId: "c", sequence: 3, created: 3, item: c },
      { itemId: "a", sequence: 4, created: 2, item: changedA },
      { itemId: "b", sequence: 5, created: 1, item: undefined },
    ]);
    expect(await store.items.changes({ after: 3, asOf: 4 })).toEqual([
      { itemId: "a", sequence: 4, created: 2, item: changedA },
    ]);
    expect(await store.items.changes({ after: 5, asOf: 9 })).toEqual([]);
    await store.close();
  });
}
