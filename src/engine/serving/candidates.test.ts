import { describe, expect, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../../tests/support/chi-square.ts";
import { ann, assign, candidatesOf, openShop, shopSnapshot } from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { retrieve } from "./candidates.ts";

const seed = 97;
const three = candidatesOf("i-0", "i-1", "i-2");

describe("retrieval", () => {
  const retrievals = 2000;
  const count = (logits: Float64Array, limit: number) => {
    const counts = new Array<number>(logits.length).fill(0);
    const random = createRandom(seed);
    for (let turn = 0; turn < retrievals; turn++)
      for (const index of retrieve(logits, limit, random)) counts[index]!++;
    return counts;
  };

  test("keeps a set that is small enough, in its order", () => {
    expect(retrieve(Float64Array.of(3, 1, 2), 3, createRandom(seed))).toEqual([0, 1, 2]);
  });

  test("keeps as many as the limit, distinct, in ascending order, the best of them always", () => {
    const random = createRandom(seed);
    const logits = Float64Array.from({ length: 60 }, () => random.normal());
    const ranked = [...logits.keys()].sort((left, right) => logits[right]! - logits[left]!);
    for (let turn = 0; turn < 20; turn++) {
      const kept = retrieve(logits, 30, random);
      expect(kept.length).toBe(30);
      expect(kept).toEqual([...new Set(kept)].sort((left, right) => left - right));
      for (const index of ranked.slice(0, 25)) expect(kept).toContain(index);
    }
  });

  test.each([2, 5, 10, 20])("every item keeps a chance under a limit of %i", (limit) => {
    const logits = Float64Array.from({ length: 25 }, (_, index) => -index);
    const counts = count(logits, limit);
    expect(counts[0]).toBe(retrievals);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  test("of equally good items each is retrieved as often as another", () => {
    const counts = count(new Float64Array(25), 10);
    const expected = counts.map(() => (retrievals * 10) / 25);
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareBound(24));
  });

  test("the same stream retrieves the same items", () => {
    const logits = Float64Array.from({ length: 40 }, (_, index) => Math.sin(index));
    expect(retrieve(logits, 20, createRandom(seed))).toEqual(
      retrieve(logits, 20, createRandom(seed)),
    );
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
