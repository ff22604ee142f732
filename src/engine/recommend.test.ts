import { describe, expect, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../tests/support/chi-square.ts";
import { sampleItem } from "../../tests/support/sample.ts";
import { ann, assign, candidatesOf, openShop, shopSnapshot } from "../../tests/support/shop.ts";
import type { Decision } from "../domain/decision.ts";
import { itemId, userId } from "../domain/ids.ts";
import { hashUniform } from "../numeric/hash.ts";
import { encodePopularity, measurePopularity } from "../policy/popularity.ts";
import { jointPropensity } from "../policy/slate.ts";
import { chooseArm } from "./recommend.ts";

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

describe("items that the user has an event with", () => {
  const clicks = [{ type: "click", userId: ann, itemId: itemId("i-0") }];

  test("are no candidates where the scenario says so, of the catalogue or of the request", async () => {
    const { engine } = await openShop({ scenario: { excludeSeen: true } });
    await engine.record(clicks);
    const { decision } = await engine.recommend({ userId: ann });
    expect(decision.candidates.map((one) => one.itemId)).not.toContain("i-0");
    expect(decision.candidates.length).toBe(5);
    const asked = await engine.recommend({ userId: ann, candidates: three });
    expect(asked.decision.candidates).toEqual(candidatesOf("i-1", "i-2"));
    const other = await engine.recommend({ userId: userId("bob"), candidates: three });
    expect(other.decision.candidates).toEqual(three);
  });

  test("stay candidates where it does not", async () => {
    const { engine } = await openShop();
    await engine.record(clicks);
    const { decision } = await engine.recommend({ userId: ann, candidates: three });
    expect(decision.candidates).toEqual(three);
  });

  test("leave nothing to a user who has seen all", async () => {
    const { engine, store } = await openShop({ scenario: { excludeSeen: true }, items: 1 });
    await engine.record(clicks);
    await expect(engine.recommend({ userId: ann })).rejects.toMatchObject({
      code: "no_candidates",
    });
    await expect(
      engine.recommend({ userId: ann, candidates: candidatesOf("i-0"), slateSize: 1 }),
    ).rejects.toMatchObject({ code: "no_candidates" });
    expect(await store.decisions.count()).toBe(0);
  });
});

describe("features sent with a candidate", () => {
  const featured = (genre: string) => [
    { itemId: itemId("x"), features: { genre } },
    { itemId: itemId("y"), features: { genre: "other" } },
  ];

  test("stand for the catalogue's, are logged, and count for this request only", async () => {
    const { engine, store } = await openShop();
    await assign(store, { serving: shopSnapshot() });
    const propensity = async (genre: string) => {
      const { decision } = await engine.recommend({
        userId: ann,
        candidates: featured(genre),
        slateSize: 1,
        seed: 1,
      });
      expect(decision.candidates).toEqual(featured(genre));
      const [shown] = decision.slate;
      const [p = Number.NaN] = decision.positionPropensities;
      return shown === "x" ? p : 1 - p;
    };
    const [drama, crime, again] = [
      await propensity("drama"),
      await propensity("crime"),
      await propensity("drama"),
    ];
    expect(again).toBe(drama);
    expect(Math.abs(drama - crime)).toBeGreaterThan(1e-3);
  });

  test("of an item in the catalogue go before the catalogue's", async () => {
    const { engine, store } = await openShop();
    await assign(store, { serving: shopSnapshot() });
    const ask = (features?: { genre: string }) =>
      engine.recommend({
        userId: ann,
        candidates: [
          { itemId: itemId("i-0"), ...(features && { features }) },
          ...candidatesOf("i-1"),
        ],
        slateSize: 2,
        seed: 1,
      });
    const [plain, featured1] = [await ask(), await ask({ genre: "crime" })];
    expect(featured1.decision.slatePropensity).not.toBe(plain.decision.slatePropensity);
  });
});

describe("a seed", () => {
  test("gives the same slate, in this engine and in another one", async () => {
    const shops = [await openShop(), await openShop()];
    const slates: Decision["slate"][] = [];
    for (const { engine, store } of shops) {
      await assign(store, { serving: shopSnapshot() });
      for (let turn = 0; turn < 2; turn++)
        slates.push(
          (await engine.recommend({ userId: ann, seed: 7, slateSize: 4 })).decision.slate,
        );
    }
    expect(new Set(slates.map((slate) => slate.join())).size).toBe(1);
  });

  test("is logged, and other seeds give other slates", async () => {
    const { engine } = await openShop();
    const decisions = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((one) => engine.recommend({ userId: ann, seed: one })),
    );
    expect(decisions.map(({ decision }) => decision.seed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Set(decisions.map(({ decision }) => decision.slate.join())).size).toBeGreaterThan(1);
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

describe("arms", () => {
  const rest = { baselineShare: 0.1 };

  test("take their shares of the users, within 4 standard errors", () => {
    const users = 20_000;
    const assignment = { serving: 1, canary: 2, baseline: 3, canaryShare: 0.25 };
    const counts = { serving: 0, canary: 0, baseline: 0 };
    for (let user = 0; user < users; user++)
      counts[chooseArm(assignment, 0.1, hashUniform(`shop/user-${user}`))]++;
    // The canary has its share of what the baseline leaves.
    for (const [arm, share] of [
      ["baseline", 0.1],
      ["canary", 0.225],
      ["serving", 0.675],
    ] as const) {
      const error = Math.sqrt((share * (1 - share)) / users);
      expect(Math.abs(counts[arm] / users - share)).toBeLessThan(4 * error);
    }
  });

  test("that are not assigned fall to the serving policy", () => {
    expect(chooseArm({ serving: 1, canaryShare: 0 }, 0.5, 0.1)).toBe("serving");
    expect(chooseArm({ serving: 1, canaryShare: 0.9 }, 0, 0.1)).toBe("serving");
    expect(chooseArm({ serving: 1, canary: 2, canaryShare: 0 }, 0, 0)).toBe("serving");
    expect(chooseArm({ serving: 1, baseline: 2, canaryShare: 0 }, 1, 0.99)).toBe("baseline");
  });

  test("a user stays in one, and its policy answers", async () => {
    const { engine, store } = await openShop({ rest });
    const [serving, canary] = await assign(
      store,
      { serving: shopSnapshot(1), canary: shopSnapshot(2) },
      { canaryShare: 0.5 },
    );
    const { baseline } = await store.policies.assignment("shop");
    const versions = { serving, canary, baseline };
    const seen = new Set<string>();
    for (let user = 0; user < 60; user++) {
      const ask = () => engine.recommend({ userId: userId(`user-${user}`), slateSize: 1 });
      const [one, two] = [(await ask()).decision, (await ask()).decision];
      expect(two.arm).toBe(one.arm);
      expect(one.policyVersion).toBe(versions[one.arm]);
      seen.add(one.arm);
    }
    expect(seen).toEqual(new Set(["baseline", "canary", "serving"]));
  });
});

describe("a snapshot that can't be read", () => {
  const corrupt = new Uint8Array(100);

  test("is replaced by the baseline, which answers under its own name, and is told", async () => {
    const { engine, store } = await openShop();
    const rewards = new Map([
      [itemId("i-1"), { impressions: 100, rewardSum: 5 }],
      [itemId("i-2"), { impressions: 100, rewardSum: 50 }],
    ]);
    const popular = encodePopularity(measurePopularity(rewards));
    const [serving, baseline] = await assign(store, { serving: corrupt, baseline: popular });
    const { decision, fallback } = await engine.recommend({
      userId: ann,
      candidates: three,
      seed: 1,
    });
    expect(decision).toMatchObject({ arm: "baseline", policyVersion: baseline });
    expect(fallback).toMatch(`policy ${serving} can't be used: policy snapshot is corrupt`);
    // i-2 is the most popular: it is shown with 1 − ε and its part of ε.
    const [first = Number.NaN] = decision.positionPropensities;
    expect(first).toBeCloseTo(decision.slate[0] === "i-2" ? 0.9 + 0.1 / 3 : 0.1 / 3, 12);
    expect((await engine.health()).problems).toEqual([
      expect.stringContaining(`policy ${serving}: policy snapshot is corrupt`),
    ]);
  });

  test("with a baseline that can't be read either is replaced by the uniform choice", async () => {
    const { engine, store } = await openShop();
    const [serving] = await assign(store, { serving: corrupt, baseline: corrupt });
    const { decision, fallback } = await engine.recommend({ userId: ann, candidates: three });
    expect(decision).toMatchObject({ arm: "baseline", policyVersion: 0 });
    expect(decision.positionPropensities[0]).toBeCloseTo(1 / 3, 12);
    expect(decision.positionPropensities[1]).toBeCloseTo(1 / 2, 12);
    expect(fallback).toMatch(`policy ${serving} can't be used`);
    expect((await store.decisions.find(decision.decisionId))?.decision).toEqual(decision);
  });

  test("of a scenario without any policy is the uniform choice too", async () => {
    const { engine, store } = await openShop();
    await store.policies.apply({
      assign: () => ({ scenario: "shop", assignment: { canaryShare: 0 } }),
    });
    const { decision, fallback } = await engine.recommend({ userId: ann });
    expect(decision.policyVersion).toBe(0);
    expect(fallback).toBe("no policy yet");
  });
});

describe("a catalogue above the limit of candidates", () => {
  const options = { scenario: { maxCandidates: 20 }, items: 60 };

  test("is brought down to the limit, the best items among it", async () => {
    const { engine, store } = await openShop(options);
    await assign(store, { serving: shopSnapshot(1, 60) });
    const kept = new Map<string, number>();
    for (let turn = 0; turn < 20; turn++) {
      const { decision } = await engine.recommend({ userId: ann });
      expect(decision.candidates.length).toBe(20);
      for (const { itemId: id } of decision.candidates) kept.set(id, (kept.get(id) ?? 0) + 1);
      for (const id of decision.slate)
        expect(decision.candidates.map((one) => one.itemId)).toContain(id);
    }
    const always = [...kept.values()].filter((count) => count === 20).length;
    expect(always).toBeGreaterThanOrEqual(10);
    expect(always).toBeLessThan(20);
    expect(kept.size).toBeGreaterThan(20);
  });

  test("the propensities are those among the candidates that are logged", async () => {
    const { engine } = await openShop(options);
    const { decision } = await engine.recommend({ userId: ann });
    expect(decision.positionPropensities[0]).toBeCloseTo(1 / 20, 12);
  });

  test("a slate larger than the limit raises the limit", async () => {
    const { engine } = await openShop({ scenario: { maxCandidates: 3 }, items: 10 });
    const { decision } = await engine.recommend({ userId: ann, slateSize: 5 });
    expect(decision.candidates.length).toBe(5);
    expect(decision.slate.length).toBe(5);
  });
});
