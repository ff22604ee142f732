import { describe, expect, onTestFinished, test } from "vitest";
import { startOfTests } from "../../tests/support/engine.ts";
import { sampleItem, sampleUser } from "../../tests/support/sample.ts";
import {
  ann,
  assign,
  candidatesOf,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../tests/support/shop.ts";
import { decisionId, itemId, userId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import { parseConfiguration } from "./configuration/configuration.ts";
import { createEngine } from "./create-engine.ts";

describe("a decision is read again", () => {
  test("with the profile of its moment, whatever came after", async () => {
    const { engine } = await openShop();
    await engine.putUsers([sampleUser("ann", { country: "PL" })]);
    await engine.record([{ type: "click", userId: ann, itemId: itemId("i-3"), value: 0.5 }]);
    const { decision } = await engine.recommend({
      userId: ann,
      candidates: candidatesOf("i-0", "i-1"),
    });
    await engine.record([{ type: "buy", userId: ann, itemId: itemId("i-0") }]);
    await engine.putUsers([sampleUser("ann", { country: "DE" })]);
    await engine.putItems([sampleItem("i-3", { categories: ["changed"] })]);
    await engine.deleteItem(itemId("i-0"));
    const view = await engine.findDecision(decision.decisionId);
    expect(view?.feedback.decision).toEqual(decision);
    expect(view?.profile.attributes).toEqual({ country: "PL" });
    expect(view?.profile.history.map(({ itemId: id, value }) => [id, value])).toEqual([
      ["i-3", 0.5],
    ]);
    expect(view?.feedback.rewards).toEqual(
      decision.slate.map((s) => (s === "i-0" ? 4 : undefined)),
    );
  });

  test("is gone with its user", async () => {
    const { engine } = await openShop();
    await engine.putUsers([sampleUser("ann", { country: "PL" })]);
    const { decision } = await engine.recommend({ userId: ann });
    await engine.deleteUser(ann);
    expect(await engine.findDecision(decision.decisionId)).toBeUndefined();
    expect(await engine.findUser(ann)).toBeUndefined();
  });

  test("is absent where there is none", async () => {
    const { engine } = await openShop();
    expect(await engine.findDecision(decisionId("d-9"))).toBeUndefined();
  });
});

describe("the reward series", () => {
  const span = { scenario: "shop", since: startOfTests - 3_600_000, bucketSeconds: 3600 };

  test("counts the default reward of every position without an event", async () => {
    const reward = {
      weights: { click: 1 },
      windowSeconds: 600,
      graceSeconds: 0,
      defaultReward: -0.25,
      minimum: -1,
      maximum: 5,
    };
    const { engine, advance } = await openShop({ scenario: { reward } });
    const first = await engine.recommend({ userId: ann });
    await engine.recommend({ userId: ann });
    await engine.record([
      {
        type: "click",
        userId: ann,
        itemId: first.decision.slate[0]!,
        decisionId: first.decision.decisionId,
        value: 2,
      },
    ]);
    advance(3600);
    await engine.recommend({ userId: ann });
    advance(600);
    const { points } = await engine.rewardSeries(span);
    // Two decisions of two positions with one reward of 2; then a decision without any.
    expect(points).toEqual([
      {
        bucketStart: expect.any(Number),
        arm: "serving",
        decisions: 2,
        meanReward: (2 - 3 * 0.25) / 2,
      },
      { bucketStart: expect.any(Number), arm: "serving", decisions: 1, meanReward: -0.5 },
    ]);
    expect(points[1]!.bucketStart - points[0]!.bucketStart).toBe(3_600_000);
  });

  test("keeps the arms apart, and is empty before the first decision", async () => {
    const { engine, advance } = await openShop({ rest: { baselineShare: 0.5 } });
    expect(await engine.rewardSeries(span)).toEqual({ points: [] });
    for (let user = 0; user < 20; user++) await engine.recommend({ userId: userId(`u-${user}`) });
    advance(599);
    expect(await engine.rewardSeries(span)).toEqual({ points: [] });
    advance(1);
    const { points } = await engine.rewardSeries(span);
    expect(new Set(points.map(({ arm }) => arm))).toEqual(new Set(["baseline", "serving"]));
    expect(points.reduce((sum, { decisions }) => sum + decisions, 0)).toBe(20);
  });

  test("of an unknown scenario is refused", async () => {
    const { engine } = await openShop();
    await expect(engine.rewardSeries({ ...span, scenario: "feed" })).rejects.toMatchObject({
      code: "unknown_scenario",
    });
  });
});

describe("a roll-back", () => {
  test("puts the parent back, marks both and answers from then on", async () => {
    const { engine, store } = await openShop();
    const { serving: first } = await store.policies.assignment("shop");
    const [second] = await assign(store, { serving: shopSnapshot() });
    expect((await engine.recommend({ userId: ann })).decision.policyVersion).toBe(second);
    const back = await engine.rollBack("shop");
    expect(back).toMatchObject({ version: first, status: "serving" });
    const { assignment, policies } = await engine.policies({ scenario: "shop", limit: 10 });
    expect(assignment.serving).toBe(first);
    const statusOf = (version: number | undefined) =>
      policies.find((one) => one.version === version)?.status;
    expect(statusOf(second)).toBe("rolled-back");
    expect(statusOf(first)).toBe("serving");
    expect((await engine.recommend({ userId: ann })).decision.policyVersion).toBe(first);
  });

  test("takes off the canary, which was made from what is rolled back, and leaves the baseline", async () => {
    const { engine, store } = await openShop();
    const [serving, canary] = await assign(
      store,
      { serving: shopSnapshot(1), canary: shopSnapshot(2) },
      { canaryShare: 0.3 },
    );
    const before = await store.policies.assignment("shop");
    await engine.rollBack("shop");
    expect(before).toMatchObject({ serving, canary, canaryShare: 0.3 });
    const { canary: _, ...rest } = before;
    expect(await store.policies.assignment("shop")).toEqual({
      ...rest,
      canaryShare: 0,
      serving: expect.any(Number),
    });
    expect((await store.policies.find(canary!))?.status).toBe("undecided");
  });

  test("of the first policy is a conflict and changes nothing", async () => {
    const { engine, store } = await openShop();
    const before = await store.policies.assignment("shop");
    await expect(engine.rollBack("shop")).rejects.toMatchObject({
      code: "conflict",
      message: "scenario shop serves its first policy: there is none to go back to",
    });
    expect(await store.policies.assignment("shop")).toEqual(before);
    await store.policies.apply({
      assign: () => ({ scenario: "shop", assignment: { canaryShare: 0 } }),
    });
    await expect(engine.rollBack("shop")).rejects.toMatchObject({ code: "conflict" });
  });

  test("of an unknown scenario is refused by name", async () => {
    const { engine } = await openShop();
    await expect(engine.rollBack("feed")).rejects.toMatchObject({ code: "unknown_scenario" });
  });
});

describe("health", () => {
  test("names the serving policy of each scenario, and no problem where there is none", async () => {
    const { engine, store } = await openShop();
    const { serving } = await store.policies.assignment("shop");
    expect(await engine.health()).toEqual({
      policyVersions: { shop: serving },
      promotions: { shop: "automatic" },
      pendingErasures: {},
      problems: [],
      learner: { up: false, waitingDecisions: { shop: 0 } },
    });
  });

  test("tells of a last cycle that failed, until one has not", async () => {
    const { engine, store } = await openShop();
    const cycle = {
      scenario: "shop",
      startedAt: 1,
      finishedAt: 2,
      throughSequence: 0,
      record: {},
    };
    await store.policies.apply({
      cycle: () => ({ ...cycle, outcome: "failed", reason: "out of memory" }),
    });
    expect((await engine.health()).problems).toEqual(["last cycle of shop failed: out of memory"]);
    await store.policies.apply({ cycle: () => ({ ...cycle, outcome: "hold", reason: "no gain" }) });
    expect((await engine.health()).problems).toEqual([]);
  });

  test("names no policy where none is assigned", async () => {
    const { engine, store } = await openShop();
    await store.policies.apply({
      assign: () => ({ scenario: "shop", assignment: { canaryShare: 0 } }),
    });
    expect((await engine.health()).policyVersions).toEqual({});
  });
});

describe("the start", () => {
  test("gives each scenario a serving policy and a baseline once, however often it starts", async () => {
    const { store, clock } = await openShop();
    const before = await store.policies.assignment("shop");
    expect(before).toMatchObject({ serving: 1, baseline: 2, canaryShare: 0 });
    const again = await createEngine({
      store,
      configuration: parseConfiguration(shopConfiguration()),
      clock,
      random: createRandom(1),
      createId: () => "d-100",
    });
    onTestFinished(() => again.close());
    expect(await store.policies.assignment("shop")).toEqual(before);
    expect((await store.policies.list({ limit: 10 })).length).toBe(2);
  });

  test("has read the catalogue before it is handed out", async () => {
    const { store, clock } = await openShop();
    let reads = 0;
    const changes: typeof store.items.changes = (span) => {
      reads += 1;
      return store.items.changes(span);
    };
    const engine = await createEngine({
      store: { ...store, items: { ...store.items, changes } },
      configuration: parseConfiguration(shopConfiguration()),
      clock,
      random: createRandom(1),
      createId: () => "d-100",
    });
    onTestFinished(() => engine.close());
    expect(reads).toBe(1);
    expect((await engine.recommend({ userId: ann })).decision.candidates.length).toBe(6);
    expect(reads).toBe(1);
  });

  test("takes policies from elsewhere where it is given them", async () => {
    const { store, clock } = await openShop();
    const engine = await createEngine({
      store,
      configuration: parseConfiguration(shopConfiguration()),
      clock,
      random: createRandom(1),
      createId: () => "d-100",
      policies: {
        get: async () => ({
          kind: "network",
          logits: async (_, candidates) => Float64Array.from(candidates, (__, index) => 40 * index),
          close: async () => {},
        }),
        problem: (version) => (version === 1 ? "an outside problem" : undefined),
        close: async () => {},
      },
    });
    const { decision } = await engine.recommend({
      userId: ann,
      candidates: candidatesOf("i-0", "i-1"),
      slateSize: 1,
    });
    const [p = Number.NaN] = decision.positionPropensities;
    expect(p).toBeCloseTo(decision.slate[0] === "i-1" ? 0.95 : 0.05, 12);
    expect((await engine.health()).problems).toEqual(["an outside problem"]);
    await engine.close();
  });
});

test("items, users, decisions, policies and cycles are those of the store", async () => {
  const { engine, store } = await openShop();
  await engine.putUsers([sampleUser("bob"), sampleUser("ann", { age: 7 })]);
  expect((await engine.findItem(itemId("i-0")))?.categories).toEqual(["drama"]);
  expect((await engine.listItems({ limit: 2 })).rows.map((row) => row.itemId)).toEqual([
    "i-0",
    "i-1",
  ]);
  expect((await engine.listUsers({ limit: 1 })).next).toBe("ann");
  expect((await engine.findUser(ann))?.attributes).toEqual({ age: 7 });
  expect(await engine.deleteUser(ann)).toMatchObject({ rows: { users: 1, events: 0 } });
  await engine.recommend({ userId: ann });
  expect(await engine.countDecisions("shop")).toBe(1);
  expect(await engine.cycles({ limit: 5 })).toEqual([]);
  expect((await engine.policies({ scenario: "shop", limit: 1 })).policies.length).toBe(2);
  await expect(engine.countDecisions("feed")).rejects.toMatchObject({ code: "unknown_scenario" });
  await expect(engine.policies({ scenario: "feed", limit: 1 })).rejects.toMatchObject({
    code: "unknown_scenario",
  });
  expect(await store.decisions.count()).toBe(1);
});

test.each([
  ["fails while it answers", () => Promise.reject(new Error("out of memory")), "out of memory"],
  ["gives no numbers", async () => Float64Array.of(1, Number.NaN), "not finite"],
])("a policy that %s is replaced by the baseline", async (_, logits, reason) => {
  const { store, clock } = await openShop();
  const { serving, baseline } = await store.policies.assignment("shop");
  const close = async () => {};
  const engine = await createEngine({
    store,
    configuration: parseConfiguration(shopConfiguration()),
    clock,
    random: createRandom(1),
    createId: () => "d-100",
    policies: {
      get: async (version) => ({
        kind: "network",
        logits: version === serving ? logits : async () => Float64Array.of(0, 0),
        close,
      }),
      problem: () => undefined,
      close,
    },
  });
  const { decision, fallback } = await engine.recommend({
    userId: ann,
    candidates: candidatesOf("i-0", "i-1"),
  });
  expect(decision).toMatchObject({ arm: "baseline", policyVersion: baseline });
  expect(fallback).toMatch(reason);
});
