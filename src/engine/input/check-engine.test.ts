import { expect, test } from "vitest";
import { openShop } from "../../../tests/support/shop.ts";
import type { Engine } from "../engine.ts";
import { withoutChecks } from "./check-engine.ts";

test("items, users and events need their ids alone, as plain strings", async () => {
  const { engine } = await openShop({ items: 0 });
  expect(await engine.putItems([{ itemId: "a" }, { itemId: "b", categories: ["shoes"] }])).toEqual({
    created: 2,
    updated: 0,
    unchanged: 0,
  });
  await engine.putUsers([{ userId: "ada" }]);
  expect(await engine.findItem("a")).toMatchObject({
    itemId: "a",
    categories: [],
    attributes: {},
    available: true,
  });
  const { decision } = await engine.recommend({ userId: "ada" });
  const { counts } = await engine.record([
    { type: "click", userId: "ada", itemId: "a", decisionId: decision.decisionId },
  ]);
  expect(counts.rewarded).toBe(1);
});

test("pages, policies, cycles and the reward series need no options, and fields may be undefined", async () => {
  const { engine } = await openShop({ items: 3 });
  expect((await engine.listItems()).rows).toHaveLength(3);
  expect((await engine.listUsers({})).rows).toEqual([]);
  const unset = { scenario: undefined, limit: undefined } as object;
  expect((await engine.policies(unset)).policies).toHaveLength(2);
  expect(await engine.cycles()).toEqual([]);
  expect(await engine.rewardSeries()).toEqual({ points: [] });
  expect(await engine.countDecisions()).toBe(0);
});

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const item = (fields: object) => [{ itemId: "a" }, { itemId: "b", ...fields }];

test.each<[string, (engine: Engine) => Promise<unknown>, string, string]>([
  [
    "categories that are no list",
    (engine) => engine.putItems(item({ categories: "shoes" }) as never),
    "items[1].categories",
    'items[1].categories is "shoes": send a list of texts',
  ],
  [
    "an attribute that is no number",
    (engine) => engine.putItems(item({ attributes: { price: Number.NaN } })),
    "items[1].attributes.price",
    "items[1].attributes.price is NaN: send a finite number",
  ],
  [
    "attributes that hold themselves",
    (engine) => engine.putItems(item({ attributes: cyclic }) as never),
    "(whole)",
    "input is nested deeper than 32 levels, or holds itself; flatten it",
  ],
  [
    "a misspelt field",
    (engine) => engine.putItems(item({ category: ["x"] })),
    "items[1].category",
    "items[1].category is unknown; remove it or check its spelling",
  ],
  [
    "no list",
    (engine) => engine.putItems(undefined as never),
    "items",
    "items is missing: send a list of at most 1000",
  ],
  [
    "1001 users",
    (engine) => engine.putUsers(Array.from({ length: 1001 }, (_, n) => ({ userId: `u-${n}` }))),
    "users",
    "send a list of at most 1000",
  ],
  [
    "an empty user id",
    (engine) => engine.recommend({ userId: "" }),
    "userId",
    'userId is "": must not be empty',
  ],
  [
    "a date where a time in milliseconds is due",
    (engine) =>
      engine.record([
        { type: "click", userId: "u", itemId: "i", occurredAt: new Date(0) as never },
      ]),
    "events[0].occurredAt",
    "events[0].occurredAt is a Date: send text, a number",
  ],
  [
    "a seed below 0",
    (engine) => engine.recommend({ userId: "u", seed: -1 }),
    "seed",
    "seed is -1: send a whole number from 0 to 4294967295",
  ],
  [
    "an id that is a number",
    (engine) => engine.findItem(7 as never),
    "itemId",
    "itemId is 7: send text",
  ],
  [
    "a page without a middle",
    (engine) => engine.listItems({ limit: 0 }),
    "limit",
    "limit is 0: send a whole number from 1 to 1000",
  ],
  [
    "options that are nothing",
    (engine) => engine.cycles(null as never),
    "(whole)",
    "input is null: expected object",
  ],
  ["cycle 0", (engine) => engine.findCycle(0), "cycle", "cycle is 0: send a whole number above"],
])(
  "%s is refused by field, value and remedy, and changes nothing",
  async (_, call, field, message) => {
    const { engine, store } = await openShop();
    const before = await store.sequence();
    await expect(call(engine)).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining(message),
      details: { field, problems: [{ field }] },
    });
    expect(await store.sequence()).toBe(before);
  },
);

test("more than ten problems are ten in the details", async () => {
  const { engine } = await openShop();
  const items = Array.from({ length: 12 }, () => ({ itemId: "" }));
  const error: unknown = await engine.putItems(items).catch((cause: unknown) => cause);
  expect((error as { details: { problems: unknown[] } }).details.problems).toHaveLength(10);
});

test("more than a mebibyte of text is too large", async () => {
  const { engine } = await openShop();
  const context = { text: "x".repeat(2 ** 20) };
  await expect(engine.recommend({ userId: "u", context })).rejects.toMatchObject({
    code: "payload_too_large",
  });
});

test("what the caller changes afterwards is not stored", async () => {
  const { engine } = await openShop();
  const attributes = { colour: "red" };
  const put = engine.putItems([{ itemId: "a", attributes }]);
  attributes.colour = "blue";
  await put;
  expect((await engine.findItem("a"))?.attributes).toEqual({ colour: "red" });
});

test("the checks of another's engine stay", async () => {
  const { engine } = await openShop();
  const wrapped = { ...engine };
  expect(withoutChecks(wrapped)).toBe(wrapped);
  await expect(withoutChecks(engine).findItem("")).resolves.toBeUndefined();
});
