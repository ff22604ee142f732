import { describe, expect, test } from "vitest";
import { ann, assign, candidatesOf, openShop, shopSnapshot } from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import { createCatalogue } from "../state/catalogue.ts";
import { viewCandidate } from "./candidates.ts";

const three = candidatesOf("i-0", "i-1", "i-2");

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

  test("make the slate shorter where the request's candidates would have been enough", async () => {
    const { engine } = await openShop({ scenario: { excludeSeen: true, slateSize: 3 } });
    await engine.record(clicks);
    const { decision } = await engine.recommend({ userId: ann, candidates: three });
    expect(decision.slate.toSorted()).toEqual(["i-1", "i-2"]);
    expect(decision.slatePropensity).toBeCloseTo(1 / 2, 12);
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

test("notes among the features sent with a candidate are no feature", async () => {
  const { store } = await openShop();
  const catalogue = createCatalogue(store.items);
  const tokensOf = (features: JsonObject) =>
    viewCandidate({ itemId: itemId("x"), features }, catalogue).tokens;
  expect(tokensOf({ genre: "crime", $notes: { sku: "12" } })).toEqual(tokensOf({ genre: "crime" }));
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
