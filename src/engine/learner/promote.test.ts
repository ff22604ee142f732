import { expect, onTestFinished, test } from "vitest";
import { assign, openShop, shopConfiguration, shopSnapshot } from "../../../tests/support/shop.ts";
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

const visits = 128;

/** A shop whose visitors click the first item, and others by a lot of so many in 100; each call plays visits and lets their windows close. */
async function openVisitedShop(lots: number, options: Parameters<typeof openShop>[0] = {}) {
  const shop = await openChosenShop(options);
  const { engine, advance } = shop;
  let number = 0;
  const visit = async (count: number) => {
    for (let turn = 0; turn < count; turn++) {
      const who = userId(`v-${number}`);
      const { decision } = await engine.recommend({ scenario: "shop", userId: who });
      const isLucky = (number++ * 37) % 100 < lots;
      const clicked = decision.slate.filter((item) => item === itemId("i-0") || isLucky);
      const event = { userId: who, decisionId: decision.decisionId, type: "click" };
      if (clicked.length > 0)
        await engine.record(clicked.map((item) => ({ ...event, itemId: item })));
    }
    advance(601);
  };
  return { ...shop, visit };
}

test("popularity by slates serves before the first cycle if clicks are rare, and is counted anew from twice as many", async () => {
  const { engine, store, visit, look } = await openVisitedShop(2);
  await look();
  await visit(visits - 1);
  expect(await look()).toMatchObject({ serving: 1, baseline: 2 });
  await visit(1);
  expect(await look()).toMatchObject({ serving: 3, baseline: 4, retriever: 3 });
  expect((await store.policies.find(3))?.evidence).toEqual({
    reason: "start of the loop: popularity by 128 decisions, whose rewards are rare",
    choices: 0,
    decisions: 128,
  });
  // The first decision of a policy begins its loop.
  await engine.recommend({ scenario: "shop", userId: userId("new") });
  await engine.idle();
  const { decision } = await engine.recommend({ scenario: "shop", userId: userId("new") });
  expect(decision).toMatchObject({ policyVersion: 3, fastLoop: expect.anything() });
  await visit(visits - 3);
  expect(await look()).toMatchObject({ serving: 3 });
  await visit(1);
  expect(await look()).toMatchObject({ serving: 5, baseline: 6 });
  expect((await store.policies.find(5))?.evidence).toMatchObject({ decisions: 256 });
  expect(await look()).toMatchObject({ serving: 5 });
});

test("choices before the first decision count beside slates, and renew nothing afterwards", async () => {
  const { engine, store, advance, click, visit, look } = await openVisitedShop(2);
  // An item each: no slate of them is better than chance.
  const wanted = Array.from({ length: 40 }, (_, index) => itemId(`i-${index}`));
  await engine.record(wanted.map((item) => ({ userId: userId("u"), itemId: item, type: "click" })));
  advance(1);
  await look();
  await visit(visits);
  expect(await look()).toMatchObject({ serving: 3 });
  expect((await store.policies.find(3))?.evidence).toMatchObject({
    reason:
      "start of the loop: popularity by 128 decisions, whose rewards are rare, and 40 choices before the first of them",
    choices: 40,
  });
  await click(0, 60);
  expect(await look()).toMatchObject({ serving: 3 });
});

test.each([
  ["many clicks", 30, {}],
  ["a loop that is off", 2, { scenario: { fastLoop: { enabled: false } } }],
  ["posts, which are gone", 2, { scenario: { social: {} } }],
  ["as many as make a cycle", 2, { rest: { learner: { minDecisions: visits } } }],
])("slates with %s leave the start as it is", async (_, lots, options) => {
  const { visit, look } = await openVisitedShop(lots, options);
  await look();
  await visit(visits);
  expect(await look()).toMatchObject({ serving: 1, baseline: 2 });
});

test("a start stays while a canary is compared with it", async () => {
  const { store, visit, look } = await openVisitedShop(2);
  await look();
  await assign(store, { canary: shopSnapshot() });
  await visit(visits);
  expect(await look()).toMatchObject({ serving: 1, canary: 3 });
});
