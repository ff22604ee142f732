import { describe, expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import { ann, assign, openShop, shopSnapshot } from "../../../tests/support/shop.ts";
import type { Decision } from "../../domain/decision.ts";
import { userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { readFeedback } from "../learner/cycle/read-feedback.ts";
import { createCatalogueAsOf } from "../state/catalogue-as-of.ts";

const hour = 3600;
const day = 24 * hour;
const social = { author: "author" };

type Shop = Awaited<ReturnType<typeof openShop>>;

/** Posts p-0, p-1, …, of authors who take turns, beside the shop's items; ann, bob and cyd are known. */
async function fill({ engine }: Shop, posts = 6, authors = ["eve", "fay", "gus"]) {
  await engine.putUsers([ann, "bob", "cyd"].map((id) => ({ userId: id })));
  await engine.putItems(
    Array.from({ length: posts }, (_, index) =>
      sampleItem(`p-${index}`, { attributes: { author: authors[index % authors.length]! } }),
    ),
  );
}

const recommend = async ({ engine }: Shop, rest: object = {}): Promise<Decision> =>
  (await engine.recommend({ userId: ann, ...rest })).decision;

const idsOf = ({ candidates }: Decision) => candidates.map(({ itemId }) => String(itemId)).sort();

const send = ({ engine }: Shop, type: string, item: string, user: string = ann) =>
  engine.record([{ type, userId: user, itemId: item }]);

describe("features of connected people", () => {
  test("change the propensities with each edge and each of their events, and the audit derives them", async () => {
    const shop = await openAuditedShop({ scenario: { social, exploration: 0.01 } });
    await fill(shop);
    const [first] = [await recommend(shop, { seed: 1 })];
    await shop.engine.putEdges([{ userId: ann, type: "follow", to: "eve" }]);
    const followed = await recommend(shop, { seed: 1 });
    await shop.engine.putEdges([{ userId: ann, type: "friend", to: "bob" }]);
    expect((await recommend(shop, { seed: 1 })).slatePropensity).toBe(followed.slatePropensity);
    await send(shop, "click", "p-1", "bob");
    const engaged = await recommend(shop, { seed: 1 });
    await send(shop, "view", "p-2", "bob");
    expect((await recommend(shop, { seed: 1 })).slatePropensity).toBe(engaged.slatePropensity);
    await shop.engine.deleteEdge({ userId: "bob", type: "friend", to: ann });
    shop.advance(hour);
    await recommend(shop, { seed: 1 });
    const propensities = [first, followed, engaged].map((one) => one?.slatePropensity);
    expect(new Set(propensities).size).toBe(3);
    expect(await shop.run()).toMatchObject({ decisions: 6, findings: [] });
  });

  test("no edge counts without the scenario's rule, which the decision keeps", async () => {
    const shop = await openShop();
    await fill(shop);
    const before = await recommend(shop, { seed: 1 });
    await shop.engine.putEdges([{ userId: ann, type: "follow", to: "eve" }]);
    expect((await recommend(shop, { seed: 1 })).slatePropensity).toBe(before.slatePropensity);
    expect(before.servingRule).not.toHaveProperty("social");
    const other = await openShop({ scenario: { social } });
    const rule = { author: "author", types: ["click", "buy"], hours: 168, candidates: 50 };
    expect((await recommend(other)).servingRule?.social).toEqual(rule);
  });

  test("are those of the decision's moment when a cycle reads it", async () => {
    const configuration = { scenario: { social, slateSize: 1 } };
    const shop = await openShop(configuration);
    await fill(shop);
    await shop.engine.putEdges([
      { userId: ann, type: "friend", to: "bob" },
      { userId: ann, type: "follow", to: "eve" },
    ]);
    await send(shop, "click", "p-1", "bob");
    await recommend(shop);
    await send(shop, "click", "p-2", "bob");
    await shop.engine.deleteEdge({ userId: ann, type: "follow", to: "eve" });
    shop.advance(day);
    const [scenario] = parseConfiguration({
      scenarios: shop.engine.scenarios,
      baselineShare: 0,
    }).scenarios;
    const { rows } = await readFeedback({
      store: shop.store,
      catalogueAsOf: createCatalogueAsOf(shop.store.items, undefined),
      scenario: scenario!,
      now: shop.clock(),
      plan: { read: 9, decisions: 9, cells: 1e6 },
      previous: 0,
      cycle: 1,
    });
    // Authors, engaged people and age: p-0 and p-3 are by eve, p-1 has bob's click.
    const counts = new Map(
      rows[0]!.candidates.map(({ itemId, tokens, base }) => [
        String(itemId),
        tokens.length - base!.tokens.length,
      ]),
    );
    const marked = { "p-0": 2, "p-1": 2, "p-2": 1, "p-3": 2, "i-0": 1 };
    expect(Object.fromEntries(counts)).toMatchObject(marked);
  });
});

describe("candidates of connected people", () => {
  const many = { scenario: { social: { ...social, candidates: 4 }, maxCandidates: 10 }, items: 60 };

  async function openMany(rest: object = {}) {
    const shop = await openAuditedShop({ ...many, rest });
    await fill(shop, 12, ["eve", "fay", "gus", "hal", "ida", "joy"]);
    await shop.engine.putEdges([
      { userId: ann, type: "friend", to: "bob" },
      { userId: ann, type: "follow", to: "eve" },
    ]);
    await shop.engine.record(
      ["p-1", "p-2", "i-0"].map((itemId) => ({ type: "click", userId: "bob", itemId })),
    );
    return shop;
  }

  test("stand beside the retriever's, in turns, up to the rule's number, and the audit finds them", async () => {
    const shop = await openMany();
    for (let turn = 0; turn < 20; turn++) {
      const decision = await recommend(shop);
      // The retriever can keep one of them too.
      expect(decision.candidates.length).toBeGreaterThan(5);
      expect(decision.candidates.length).toBeLessThan(11);
      // The newest of eve and what bob clicked on last, each in turn.
      expect(idsOf(decision)).toEqual(expect.arrayContaining(["i-0", "p-0", "p-2", "p-6"]));
    }
    expect(await shop.run()).toMatchObject({ decisions: 20, findings: [] });
  });

  test("are not those that a rule hides, nor in the uniform slice", async () => {
    const shop = await openMany({ uniformShare: 0.5 });
    const rules = { exclude: ["p-6", "i-0"] };
    expect(idsOf(await recommend(shop, { rules }))).toEqual(
      expect.arrayContaining(["p-0", "p-1", "p-2"]),
    );
    const users = Array.from({ length: 40 }, (_, index) => userId(`u-${index}`));
    await shop.engine.putUsers(users.map((user) => ({ userId: user })));
    await shop.engine.putEdges(
      users.map((user) => ({ userId: user, type: "follow", to: "eve" }) as const),
    );
    let missed = 0;
    for (const user of users) {
      const decision = await recommend(shop, { userId: user });
      const hasEve = idsOf(decision).includes("p-6");
      if (decision.arm !== "uniform") expect(hasEve).toBe(true);
      else if (!hasEve) missed++;
    }
    expect(missed).toBeGreaterThan(0);
    expect(await shop.run()).toMatchObject({ findings: [] });
  });

  test("a candidate that was exchanged for another is found", async () => {
    const shop = await openMany();
    const decision = await recommend(shop);
    await assign(shop.store, { serving: shopSnapshot(2) });
    await recommend(shop);
    expect((await shop.run()).findings).toEqual([]);
    shop.tamper(
      "UPDATE decisions SET as_of = as_of - 1 WHERE decision_id = ?",
      decision.decisionId,
    );
    expect((await shop.run()).findings).toMatchObject([{ cause: "tampered-row" }]);
  });
});

describe("what a user turns down", () => {
  const aversions = [
    { types: ["hide"], by: "itemId", unless: ["unhide"] },
    { types: ["hide_author", "report"], by: "author", unless: ["unhide_author"] },
    { types: ["less"], by: "author", add: -3, days: 30 },
  ];
  const caps = [{ by: "author", most: 1 }];

  test("an item and an author are gone from the next request, and back once it is taken back", async () => {
    const shop = await openAuditedShop({ scenario: { rules: { aversions } }, items: 2 });
    await fill(shop);
    await send(shop, "hide", "p-0");
    expect(idsOf(await recommend(shop))).toEqual(["i-0", "i-1", "p-1", "p-2", "p-3", "p-4", "p-5"]);
    await send(shop, "hide_author", "p-1");
    expect(idsOf(await recommend(shop))).toEqual(["i-0", "i-1", "p-2", "p-3", "p-5"]);
    await send(shop, "report", "p-2");
    expect(idsOf(await recommend(shop))).toEqual(["i-0", "i-1", "p-3"]);
    expect(idsOf(await recommend(shop, { userId: "bob" }))).toHaveLength(8);
    shop.advance(1);
    await send(shop, "unhide_author", "p-4");
    await send(shop, "unhide", "p-0");
    expect(idsOf(await recommend(shop))).toEqual(["i-0", "i-1", "p-0", "p-1", "p-3", "p-4"]);
    expect(await shop.run()).toMatchObject({ decisions: 5, findings: [] });
  });

  test("sent candidates of a hidden author are left out too", async () => {
    const shop = await openShop({ scenario: { rules: { aversions } } });
    await fill(shop);
    await send(shop, "hide_author", "p-1");
    const candidates = [
      { itemId: "p-4" },
      { itemId: "new", features: { author: "fay" } },
      { itemId: "p-0" },
    ];
    expect((await recommend(shop, { candidates, slateSize: 1 })).slate).toEqual(["p-0"]);
  });

  test("less of an author lowers the odds of all of the author's items, for as long as the rule says", async () => {
    const shop = await openAuditedShop({ scenario: { rules: { aversions, caps } }, items: 0 });
    await fill(shop);
    await send(shop, "less", "p-0");
    const shown = { disliked: 0, all: 0 };
    for (let turn = 0; turn < 60; turn++) {
      const { slate } = await recommend(shop);
      shown.all += slate.length;
      shown.disliked += slate.filter((item) => ["p-0", "p-3"].includes(item)).length;
    }
    expect(shown.all).toBe(120);
    expect(shown.disliked / shown.all).toBeLessThan(1 / 6);
    shop.advance(31 * day);
    await recommend(shop);
    expect(await shop.run()).toMatchObject({ decisions: 61, findings: [] });
  });

  test("an author shown too often is left out across requests until an answer", async () => {
    const repetition = [{ showings: 2, hours: 24, by: "author" }];
    const shop = await openAuditedShop({
      scenario: { rules: { repetition, caps }, slateSize: 1 },
      items: 0,
    });
    await fill(shop, 4, ["eve", "fay"]);
    const authorsLeft = async () => {
      const authors: Readonly<Record<string, string>> = {
        "p-0": "eve",
        "p-1": "fay",
        "p-2": "eve",
        "p-3": "fay",
      };
      return new Set(idsOf(await recommend(shop)).map((item) => authors[item]));
    };
    const left: string[] = [];
    for (let turn = 0; turn < 4; turn++)
      left.push([...(await authorsLeft())].toSorted((a = "", b = "") => a.localeCompare(b)).join());
    expect(left[0]).toBe("eve,fay");
    await expect(recommend(shop)).rejects.toMatchObject({ code: "no_candidates" });
    shop.advance(1);
    await send(shop, "click", "p-0");
    expect([...(await authorsLeft())]).toEqual(["eve"]);
    shop.advance(25 * hour);
    expect((await authorsLeft()).size).toBe(2);
    expect(await shop.run()).toMatchObject({ findings: [] });
  });

  test.each([
    [{ types: [], by: "author" }, "types"],
    [{ types: ["hide"], by: "created" }, 'by is "created": must be itemId, category or the path'],
    [{ types: ["hide"], by: "author", add: 0 }, "add"],
    [{ types: ["hide"], by: "author", add: 1 }, "add"],
    [{ types: ["hide"], by: "author", days: 0 }, "days"],
    [{ types: ["hide"] }, "by"],
  ])("a rule such as %j is refused by the name of the field", async (rule, field) => {
    const opened = openShop({ scenario: { rules: { aversions: [rule] } } });
    await expect(opened).rejects.toThrow(`rules.aversions[0].${field}`);
  });
});
