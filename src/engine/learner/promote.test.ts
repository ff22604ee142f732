import { expect, onTestFinished, test } from "vitest";
import { openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { intervene } from "../interventions/intervene.ts";
import { openStore } from "../open-store.ts";
import { ensurePolicies } from "./promote.ts";

const configuration = parseConfiguration(shopConfiguration());

test("two that start at the same moment give an empty record its first policies once", async () => {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  await Promise.all([1, 2].map((now) => ensurePolicies({ store, configuration, now })));
  expect((await store.policies.list({ limit: 10 })).length).toBe(2);
  expect(await store.policies.assignment("shop")).toMatchObject({ serving: 1, baseline: 2 });
});

test("a loop that begins while promotions are paused stays paused", async () => {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  await intervene({ store, scenario: "shop", now: 1 }, { scenario: "shop", kind: "pause" });
  await ensurePolicies({ store, configuration, now: 2 });
  expect(await store.policies.assignment("shop")).toMatchObject({ serving: 1, mode: "paused" });
});

/** A shop without decisions whose users click the first items, the first one most. */
async function openChosenShop(options: Parameters<typeof openShop>[0] = {}) {
  const shop = await openShop({ items: 40, ...options });
  const { engine, store } = shop;
  const users = Array.from({ length: 60 }, (_, index) => `u-${index}`);
  const click = (from: number, to: number, type = "click") =>
    engine.record(
      users
        .slice(from, to)
        .flatMap((user, index) =>
          ["i-0", "i-1", "i-2"]
            .slice(0, 1 + (index % 3))
            .map((item) => ({ userId: userId(user), itemId: itemId(item), type })),
        ),
    );
  const parts = { store, configuration: parseConfiguration(shopConfiguration(options)) };
  const look = async () => {
    await ensurePolicies({ ...parts, now: shop.clock() });
    return store.policies.assignment("shop");
  };
  return { ...shop, click, look };
}

test("popularity in the behaviour of before serves, retrieves, and is the baseline", async () => {
  const { engine, store, click, look } = await openChosenShop({
    scenario: { exploration: 0.01, fastLoop: { enabled: false } },
  });
  await click(0, 30);
  expect(await look()).toMatchObject({ serving: 3, baseline: 4, retriever: 3 });
  const start = await store.policies.find(3);
  expect(start?.evidence).toEqual({
    reason: "start of the loop: popularity by 60 choices before the first decision",
    choices: 60,
  });
  expect((await store.policies.find(1))?.status).toBe("retired");
  let first = 0;
  for (let visit = 0; visit < 50; visit++) {
    const { decision } = await engine.recommend({ scenario: "shop", userId: userId("new") });
    if (decision.slate[0] === itemId("i-0")) first++;
  }
  // Of 40 items chance would show it first once or twice.
  expect(first).toBeGreaterThan(20);
});

test("behaviour that is imported in parts renews the start at twice its choices", async () => {
  const { click, look } = await openChosenShop();
  await click(0, 30);
  await look();
  await click(30, 45);
  expect(await look()).toMatchObject({ serving: 3 });
  await click(45, 60);
  expect(await look()).toMatchObject({ serving: 5, baseline: 6 });
  expect(await look()).toMatchObject({ serving: 5 });
});

test("what users chose after the first decision is no behaviour of before", async () => {
  const { engine, advance, click, look } = await openChosenShop();
  await engine.recommend({ scenario: "shop", userId: userId("u-0") });
  advance(1);
  await click(0, 60);
  expect(await look()).toMatchObject({ serving: 1, baseline: 2 });
});

test.each([
  ["events that are worth nothing", {}, "look"],
  [
    "counts that a private record must not use",
    { rest: { privacy: { differential: { epsilon: 1 } } } },
    "click",
  ],
  ["items of a feed, which are gone", { scenario: { social: {} } }, "click"],
])("%s start no loop", async (_, options, type) => {
  const { click, look } = await openChosenShop(options);
  await click(0, 60, type);
  expect(await look()).toMatchObject({ serving: 1, baseline: 2 });
});

test("a start stays while an operator has paused promotions", async () => {
  const { store, click, look } = await openChosenShop();
  await intervene({ store, scenario: "shop", now: 1 }, { scenario: "shop", kind: "pause" });
  await click(0, 60);
  expect(await look()).toMatchObject({ serving: 1, mode: "paused" });
});
