import { expect, test } from "vitest";
import type { ApiKey } from "../../src/domain/api-key.ts";
import type { OpenStore } from "../support/store.ts";

const shop: ApiKey = { name: "shop", scopes: ["serve", "write"], hash: "h1", createdAt: 5 };

export function testKeys(createRecord: () => OpenStore): void {
  const open = () => createRecord()();

  test("keys are listed by name and age, and a second open store sees them", async () => {
    const openOne = createRecord();
    const [one, other] = [await openOne(), await openOne()];
    await one.keys.add(shop);
    await one.keys.add({ name: "ops", scopes: ["admin"], hash: "h2", createdAt: 6 });
    const all = await other.keys.list();
    expect(all.map(({ name }) => name)).toEqual(["ops", "shop"]);
    expect(all[1]).toEqual(shop);
    expect(await one.sequence()).toBe(0);
    await one.close();
    await other.close();
  });

  test("a name is taken until its key has ended, and the ended key stays listed", async () => {
    const store = await open();
    await store.keys.add(shop);
    const next = { ...shop, hash: "h2", createdAt: 9 };
    await expect(store.keys.add(next)).rejects.toMatchObject({ code: "conflict" });
    await store.keys.end("shop", 8);
    await store.keys.add(next);
    expect(await store.keys.list()).toEqual([{ ...shop, endsAt: 8 }, next]);
    await store.close();
  });

  test("a replacement has the scopes, and the keys before it end at its time or their own", async () => {
    const store = await open();
    await store.keys.add(shop);
    const replace = (hash: string, createdAt: number, endsAt: number) =>
      store.keys.replace({ name: "shop", hash, createdAt, endsAt });
    await replace("h2", 10, 30);
    await replace("h3", 20, 40);
    expect(await store.keys.list()).toEqual([
      { ...shop, endsAt: 30 },
      { ...shop, hash: "h2", createdAt: 10, endsAt: 40 },
      { ...shop, hash: "h3", createdAt: 20 },
    ]);
    await store.keys.end("shop", 25);
    expect((await store.keys.list()).map(({ endsAt }) => endsAt)).toEqual([25, 25, 25]);
    await store.close();
  });

  test("a rate belongs to the keys of a name that are in use, and to their replacement", async () => {
    const store = await open();
    await store.keys.add({ ...shop, rate: 5 });
    await store.keys.end("shop", 8);
    await store.keys.add({ ...shop, hash: "h2", createdAt: 9, rate: 5 });
    await store.keys.limit("shop", 20, 10);
    await store.keys.replace({ name: "shop", hash: "h3", createdAt: 11, endsAt: 30 });
    expect((await store.keys.list()).map(({ rate }) => rate)).toEqual([5, 20, 20]);
    await store.keys.limit("shop", undefined, 12);
    expect((await store.keys.list()).map(({ rate }) => rate)).toEqual([5, undefined, undefined]);
    await store.close();
  });

  test("a name without a key in use is neither replaced nor ended", async () => {
    const store = await open();
    const absent = { code: "not_found" };
    const replace = () => store.keys.replace({ name: "shop", hash: "h2", createdAt: 9, endsAt: 9 });
    await expect(replace()).rejects.toMatchObject(absent);
    await expect(store.keys.end("shop", 9)).rejects.toMatchObject(absent);
    await expect(store.keys.limit("shop", 5, 9)).rejects.toMatchObject(absent);
    await store.keys.add(shop);
    await store.keys.end("shop", 8);
    await expect(replace()).rejects.toMatchObject(absent);
    await expect(store.keys.end("shop", 9)).rejects.toMatchObject(absent);
    expect(await store.keys.list()).toEqual([{ ...shop, endsAt: 8 }]);
    await store.close();
  });
}
