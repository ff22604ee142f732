import { join } from "node:path";
import { expect, test } from "vitest";
import { openTestEngine } from "../../tests/support/engine.ts";
import { ann, openShop, shopConfiguration, shopItems } from "../../tests/support/shop.ts";
import { createTestFolder } from "../../tests/support/store.ts";
import type { Item, User } from "../domain/catalogue.ts";
import { userId } from "../domain/ids.ts";
import { createServer } from "../server/create-server.ts";
import { openSqliteStore } from "../storage/sqlite/open.ts";
import { audit } from "./audit/audit.ts";
import { parseConfiguration } from "./configuration/configuration.ts";

const whole = { categories: ["drama"], attributes: {}, available: true };

/** Rows as earlier releases took them, by their damage. */
const damagedItems: Readonly<Record<string, unknown>> = {
  "no categories": { itemId: "a", attributes: {}, available: true },
  "categories that are text": { ...whole, itemId: "a", categories: "shoes" },
  "a category that is a number": { ...whole, itemId: "a", categories: [1] },
  "attributes that are no number": { ...whole, itemId: "a", attributes: Number.NaN },
  "attributes that are nothing": { ...whole, itemId: "a", attributes: null },
  "an attribute that is undefined": { ...whole, itemId: "a", attributes: { x: undefined } },
  "an availability that is text": { ...whole, itemId: "a", available: "yes" },
  "an empty id": { ...whole, itemId: "" },
};

/** A file with good items, users and the unchecked rows of `write`. */
async function openDamaged(rows: { items?: readonly unknown[]; users?: readonly unknown[] }) {
  const path = join(createTestFolder(), "recurve.db");
  const store = await openSqliteStore(path);
  await store.items.put([...shopItems(3), ...((rows.items ?? []) as Item[])]);
  await store.users.put([{ userId: ann, attributes: {} }, ...((rows.users ?? []) as User[])]);
  await store.close();
  return { ...(await openTestEngine(shopConfiguration(), path)), path };
}

test.each(Object.entries(damagedItems))(
  "an item with %s is named, not recommended, and whole once it is written anew",
  async (_, item) => {
    const { engine, store, close } = await openDamaged({ items: [item] });
    const { itemId } = item as Item;
    expect((await engine.health()).problems).toEqual([
      `1 item is damaged: ${JSON.stringify(itemId)}; treated as withdrawn, and not recommended: write or delete them`,
    ]);
    const { decision } = await engine.recommend({ userId: "ann" });
    expect(decision.candidates.map((one) => one.itemId)).toEqual(["i-0", "i-1", "i-2"]);
    const configuration = parseConfiguration(shopConfiguration());
    expect((await audit({ store, configuration })).findings).toEqual([]);

    await store.items.put([{ ...whole, itemId } as Item]);
    if (itemId === "") await store.items.delete(itemId);
    await engine.recommend({ userId: "ann" });
    expect((await engine.health()).problems).toEqual([]);
    await close();
  },
);

test("decisions that saw an item before it was known to be damaged are derived as they were", async () => {
  const { engine, store } = await openShop();
  const { decision } = await engine.recommend({
    userId: "ann",
    candidates: [{ itemId: "i-0" }, { itemId: "i-1" }],
  });
  await store.items.put([
    { ...whole, itemId: decision.slate[0], attributes: null } as unknown as Item,
  ]);
  const again = await engine.recommend({ userId: "bob" });
  expect(again.decision.candidates.map((one) => one.itemId)).not.toContain(decision.slate[0]);
  const configuration = parseConfiguration(shopConfiguration());
  expect((await audit({ store, configuration })).findings).toEqual([]);
});

test("a damaged item is read and listed as withdrawn over HTTP, and can be deleted", async () => {
  const { engine, clock, close } = await openDamaged({ items: [damagedItems["no categories"]] });
  const app = createServer({ engine, version: "1.2.3", clock, logError: () => {} });
  const read = await app.request("/api/v1/items/a");
  const item = { itemId: "a", categories: [], attributes: {}, available: false };
  expect(await read.json()).toEqual(item);
  const listed = await app.request("/api/v1/items?limit=1");
  expect(await listed.json()).toEqual({ rows: [item], next: "a" });
  const health = await (await app.request("/health")).json();
  expect(health).toMatchObject({ status: "degraded", problems: [expect.stringContaining('"a"')] });
  expect((await app.request("/api/v1/items/a", { method: "DELETE" })).status).toBe(204);
  await engine.recommend({ userId: "ann" });
  expect((await engine.health()).problems).toEqual([]);
  await close();
});

test.each([
  ["no attributes", {}],
  ["attributes that are nothing", { attributes: Number.NaN }],
  ["attributes that are text", { attributes: "SE" }],
  ["an attribute that is undefined", { attributes: { x: undefined } }],
])("a user with %s is named and served, and whole once written anew", async (_, fields) => {
  const { engine, store, close } = await openDamaged({ users: [{ userId: "bob", ...fields }] });
  expect((await engine.health()).problems).toEqual([
    '1 user is damaged: "bob"; treated as without the attributes that can\'t be read: write or delete them',
  ]);
  expect((await engine.recommend({ userId: "bob" })).decision.slate).toHaveLength(2);
  const configuration = parseConfiguration(shopConfiguration());
  expect((await audit({ store, configuration })).findings).toEqual([]);
  await engine.putUsers([{ userId: "bob" }]);
  expect((await engine.health()).problems).toEqual([]);
  await close();
});

test("of many damaged rows five are named and all are counted", async () => {
  const items = Array.from({ length: 7 }, (_, index) => ({ itemId: `x-${index}` }));
  const { engine, close } = await openDamaged({ items, users: [{ userId: userId("") }] });
  const { problems } = await engine.health();
  expect(problems[0]).toContain(
    '7 items are damaged: "x-0", "x-1", "x-2", "x-3", "x-4" and 2 more;',
  );
  expect(problems[1]).toContain('1 user is damaged: "";');
  await close();
});
