import { describe, expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import { ann, candidatesOf, openShop } from "../../../tests/support/shop.ts";
import type { Decision } from "../../domain/decision.ts";

const day = 24 * 3600;
const newcomers = [{ by: "author", days: 7, add: 2 }];
const ruled = { scenario: { rules: { newcomers }, slateSize: 1 }, items: 0 };

type Shop = Awaited<ReturnType<typeof openShop>>;

const post = ({ engine }: Shop, id: string, author: string, rest: object = {}) =>
  engine.putItems([sampleItem(id, { attributes: { author }, ...rest })]);

/** An old author's posts p-0 and p-1, then a new author's n-0. */
async function fill(shop: Shop) {
  await post(shop, "p-0", "eve");
  shop.advance(10 * day);
  await post(shop, "p-1", "eve");
  await post(shop, "n-0", "fay");
}

const recommend = async ({ engine }: Shop, rest: object = {}): Promise<Decision> =>
  (await engine.recommend({ userId: ann, ...rest })).decision;

/** Odds of n-0 against each of the others, from the propensity of a slate of one. */
async function oddsOf(shop: Shop, rest: object = {}): Promise<number> {
  const { slate, slatePropensity: p, candidates, exploration } = await recommend(shop, rest);
  const others = candidates.length - 1;
  const own = slate[0] === "n-0" ? p : 1 - others * p;
  const softmax = (own - exploration / (others + 1)) / (1 - exploration);
  return (softmax * others) / (1 - softmax);
}

describe("items of a new author", () => {
  test("have the rule's addition to their log-odds until the author's first item is old", async () => {
    const shop = await openShop(ruled);
    await fill(shop);
    expect(await oddsOf(shop)).toBeCloseTo(Math.exp(2), 6);
    shop.advance(7 * day - 60);
    await post(shop, "n-1", "fay", { available: false });
    expect(await oddsOf(shop)).toBeCloseTo(Math.exp(2), 6);
    shop.advance(60);
    expect(await oddsOf(shop)).toBeCloseTo(1, 6);
  });

  test("are not preferred if an older item of the author was withdrawn, deleted or rewritten", async () => {
    const shop = await openShop(ruled);
    await post(shop, "old", "fay");
    await fill(shop);
    await shop.engine.putItems([
      sampleItem("old", { attributes: { author: "fay" }, available: false }),
    ]);
    expect(await oddsOf(shop)).toBeCloseTo(1, 6);
    await shop.engine.deleteItem("old");
    expect(await oddsOf(shop)).toBeCloseTo(1, 6);
    await post(shop, "old", "gus", { available: false });
    expect(await oddsOf(shop)).toBeCloseTo(Math.exp(2), 6);
  });

  test("are known by the author's name in features that a request sends", async () => {
    const shop = await openShop(ruled);
    await fill(shop);
    const sent = (id: string, author: string) => ({ itemId: id, features: { author } });
    const candidates = [sent("n-0", "fay"), sent("x", "eve"), sent("y", "never seen")];
    expect(await oddsOf(shop, { candidates })).toBeCloseTo(Math.exp(2), 6);
  });

  test("are as new as they were when the audit derives their decision", async () => {
    const shop = await openAuditedShop(ruled);
    await fill(shop);
    const before = await recommend(shop, { seed: 1 });
    await post(shop, "n-0", "eve");
    const after = await recommend(shop, { seed: 1 });
    expect(before.slatePropensity).not.toBe(after.slatePropensity);
    await post(shop, "n-2", "hal");
    await recommend(shop, { candidates: candidatesOf("p-0", "n-2") });
    expect(await shop.run()).toMatchObject({ decisions: 3, findings: [] });
  });

  test("are found if their decision is moved to a moment at which they were new", async () => {
    const shop = await openAuditedShop(ruled);
    await fill(shop);
    await post(shop, "n-0", "eve");
    const { decisionId } = await recommend(shop);
    shop.tamper("UPDATE decisions SET as_of = as_of - 1 WHERE decision_id = ?", decisionId);
    expect((await shop.run()).findings).toMatchObject([{ cause: "tampered-row" }]);
  });

  test.each([
    [{ by: "author", days: 7, add: 0 }, "add"],
    [{ by: "author", days: 7, add: -1 }, "add"],
    [{ by: "author", days: 7, add: 6 }, "add"],
    [{ by: "author", days: 0, add: 1 }, "days"],
    [{ by: "itemId", days: 1, add: 1 }, "by"],
    [{ days: 1, add: 1 }, "by"],
  ])(
    "are not preferred by a rule such as %j, which is refused by the field",
    async (rule, field) => {
      const opened = openShop({ scenario: { rules: { newcomers: [rule] } } });
      await expect(opened).rejects.toThrow(`rules.newcomers[0].${field}`);
    },
  );
});
