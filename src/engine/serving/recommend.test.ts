import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../../tests/support/chi-square.ts";
import { openTestEngine } from "../../../tests/support/engine.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import {
  ann,
  assign,
  candidatesOf,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import type { Decision } from "../../domain/decision.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { jointPropensity } from "../../policy/slate.ts";
import type { Store } from "../../storage/store.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";
import { mixSeed } from "./mix-seed.ts";

const three = candidatesOf("i-0", "i-1", "i-2");

describe("a recommendation", () => {
  test("is a decision that is in the store before it is answered, complete", async () => {
    const { engine, store, clock } = await openShop();
    const { decision, fallback } = await engine.recommend({
      userId: ann,
      context: { device: "phone" },
      candidates: three,
    });
    expect(fallback).toBeUndefined();
    expect((await store.decisions.find(decision.decisionId))?.decision).toEqual(decision);
    expect(decision).toMatchObject({
      decisionId: "d-1",
      userId: "ann",
      scenario: "shop",
      arm: "serving",
      policyVersion: (await store.policies.assignment("shop")).serving,
      context: { device: "phone" },
      candidates: three,
      exploration: 0.1,
      decidedAt: clock(),
      expiresAt: clock() + 600_000,
    });
    // A cold user and a policy that knows nothing yet: every candidate is as likely.
    expect(decision.positionPropensities[0]).toBeCloseTo(1 / 3, 12);
    expect(decision.positionPropensities[1]).toBeCloseTo(1 / 2, 12);
    expect(decision.slatePropensity).toBe(jointPropensity(decision.positionPropensities));
    expect(new Set(decision.slate).size).toBe(2);
  });

  test("without candidates is made of what is available in the catalogue", async () => {
    const { engine } = await openShop();
    await engine.putItems([sampleItem("i-1", { available: false })]);
    await engine.deleteItem(itemId("i-2"));
    const { decision } = await engine.recommend({ userId: ann });
    expect(decision.candidates.map((one) => one.itemId).toSorted()).toEqual([
      "i-0",
      "i-3",
      "i-4",
      "i-5",
    ]);
  });

  test("leaves out a withdrawn item that the request names, unless it brings features of its own", async () => {
    const { engine } = await openShop();
    await engine.putItems([sampleItem("i-1", { available: false })]);
    const { decision } = await engine.recommend({ userId: ann, candidates: three });
    expect(decision.candidates).toEqual(candidatesOf("i-0", "i-2"));
    const featured = { itemId: itemId("i-1"), features: { genre: "drama" } };
    const own = await engine.recommend({ userId: ann, candidates: [featured], slateSize: 1 });
    expect(own.decision.slate).toEqual(["i-1"]);
  });

  test("of a catalogue smaller than the slate shows all of it", async () => {
    const { engine } = await openShop({ items: 1 });
    const { decision } = await engine.recommend({ userId: ann, slateSize: 5 });
    expect(decision.slate).toEqual(["i-0"]);
    expect(decision.positionPropensities).toEqual([1]);
  });

  test("for the first of several scenarios needs no name", async () => {
    const { engine } = await openShop();
    expect((await engine.recommend({ userId: ann })).decision.scenario).toBe("shop");
    expect((await engine.recommend({ userId: ann, scenario: "shop" })).decision.scenario).toBe(
      "shop",
    );
  });

  test("explores more where the learner asks for it, never less than the scenario's floor", async () => {
    const { engine, store } = await openShop();
    await assign(store, {}, { exploration: 0.4 });
    expect((await engine.recommend({ userId: ann })).decision.exploration).toBe(0.4);
    await assign(store, {}, { exploration: 0.01 });
    expect((await engine.recommend({ userId: ann })).decision.exploration).toBe(0.1);
  });
});

describe("a request that can't be answered logs nothing:", () => {
  test.each([
    [
      "an item that nobody knows",
      { candidates: candidatesOf("i-0", "new") },
      { code: "unknown_item", details: { itemId: "new" } },
    ],
    ["no candidates", { candidates: [] }, { code: "no_candidates" }],
    [
      "a candidate that comes twice",
      { candidates: candidatesOf("i-0", "i-1", "i-0") },
      { code: "invalid_request", details: { field: "candidates[2]", value: "i-0" } },
    ],
    [
      "a slate larger than the candidates",
      { candidates: three, slateSize: 4 },
      {
        code: "invalid_request",
        message: "slateSize 4 is larger than the 3 candidates; ask for fewer or send more",
        details: { field: "slateSize", value: 4, candidates: 3 },
      },
    ],
    ["a slate size of 0", { slateSize: 0 }, { code: "invalid_request" }],
    [
      "an unknown scenario",
      { scenario: "feed" },
      { code: "unknown_scenario", details: { value: "feed", known: ["shop"] } },
    ],
  ])("%s", async (_, input, error) => {
    const { engine, store } = await openShop();
    await expect(engine.recommend({ userId: ann, ...input })).rejects.toMatchObject(error);
    expect(await store.decisions.count()).toBe(0);
  });

  test("an empty catalogue", async () => {
    const { engine } = await openShop({ items: 0 });
    await expect(engine.recommend({ userId: ann })).rejects.toMatchObject({
      code: "no_candidates",
    });
  });

  test("a deleted item, also one that was served before", async () => {
    const { engine } = await openShop();
    await engine.recommend({ userId: ann, candidates: three });
    await engine.deleteItem(itemId("i-1"));
    await expect(engine.recommend({ userId: ann, candidates: three })).rejects.toMatchObject({
      code: "unknown_item",
      details: { itemId: "i-1" },
    });
  });
});

describe("a seed", () => {
  const request = { userId: ann, seed: 7, slateSize: 4 };

  test("gives the same slate, in this engine and in another one on the same record", async () => {
    const path = join(createTestFolder(), "shop.db");
    const { engine, store } = await openShop({ path });
    await assign(store, { serving: shopSnapshot() });
    const other = await openTestEngine(shopConfiguration(), path, "again");
    onTestFinished(other.close);
    const slates: Decision["slate"][] = [];
    for (const one of [engine, engine, other.engine])
      slates.push((await one.recommend(request)).decision.slate);
    expect(slates[0]).toHaveLength(4);
    expect(new Set(slates.map((slate) => slate.join())).size).toBe(1);
  });

  test("is logged as mixed with the record's secret, user and scenario", async () => {
    const { engine, store } = await openShop();
    const { decision } = await engine.recommend(request);
    const { scenario, userId } = decision;
    expect(decision.seed).toBe(mixSeed(await store.secret(), { scenario, userId, seed: 7 }));
    const other = await openShop();
    expect((await other.engine.recommend(request)).decision.seed).not.toBe(decision.seed);
  });

  test("is drawn where none came, each time another", async () => {
    const { engine } = await openShop();
    const seeds = new Set<number>();
    for (let turn = 0; turn < 10; turn++)
      seeds.add((await engine.recommend({ userId: ann })).decision.seed);
    expect(seeds.size).toBe(10);
  });
});

test("slates are served as often as their logged propensity says", async () => {
  const { engine, store } = await openShop();
  await assign(store, { serving: shopSnapshot() });
  const visits = 600;
  const counts = new Map<string, { observed: number; propensity: number }>();
  for (let visit = 0; visit < visits; visit++) {
    const { decision } = await engine.recommend({ userId: ann, candidates: three, slateSize: 1 });
    const [shown = ""] = decision.slate;
    const entry = counts.get(shown) ?? { observed: 0, propensity: decision.slatePropensity };
    expect(decision.slatePropensity).toBe(entry.propensity);
    counts.set(shown, { ...entry, observed: entry.observed + 1 });
  }
  const entries = [...counts.values()];
  expect(entries.reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(1, 12);
  const statistic = chiSquare(
    entries.map(({ observed }) => observed),
    entries.map(({ propensity }) => propensity * visits),
  );
  expect(statistic).toBeLessThan(chiSquareBound(entries.length - 1));
});

test("a request that the catalogue moved on under reads again, so that all is as of one event number", async () => {
  const { store, clock } = await openShop();
  await assign(store, { serving: shopSnapshot() });
  const configuration = parseConfiguration(shopConfiguration());
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // Reads of ann's history take until they are let go.
  const history: Store["events"]["history"] = async (user, options) => {
    if (user === ann) await held;
    return store.events.history(user, options);
  };
  let ids = 0;
  const engine = await createEngine({
    store: { ...store, events: { ...store.events, history } },
    configuration,
    clock,
    random: createRandom(1),
    createId: () => `d-${ids++}`,
  });
  onTestFinished(() => engine.close());
  const before = await store.sequence();
  const slow = engine.recommend({ userId: ann, candidates: three });
  await engine.putItems([sampleItem("i-1", { categories: ["changed"] })]);
  await engine.recommend({ userId: userId("bob"), candidates: three });
  release();
  expect((await slow).decision.asOf).toBeGreaterThan(before);
  expect((await audit({ store, configuration, limit: 10 })).findings).toEqual([]);
});
