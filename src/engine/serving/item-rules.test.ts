import { describe, expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import {
  ann,
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { ItemRules } from "../../domain/rules.ts";
import { createRandom } from "../../numeric/random.ts";
import { canonicalJson } from "../../storage/canonical-json.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createCatalogue } from "../state/catalogue.ts";

const hour = 3600;
const day = 24 * hour;

/** Items that a slate may hold, with these rules of the request. */
async function offered(
  { engine }: Awaited<ReturnType<typeof openShop>>,
  rules?: ItemRules,
  user = ann,
) {
  const { decision } = await engine.recommend({ userId: user, ...(rules && { rules }) });
  return decision.candidates.map(({ itemId: item }) => String(item)).sort();
}

const open = (scenario: object = {}, items = 6) => openShop({ scenario, items });
const i = (...numbers: readonly number[]) => numbers.map((number) => `i-${number}`);

describe("a filter", () => {
  test("of the scenario and one of the request hold together, whatever the request can't loosen", async () => {
    const shop = await open({ rules: { filter: "year >= 2" } });
    expect(await offered(shop)).toEqual(i(2, 3, 4, 5));
    expect(await offered(shop, { filter: "category = 'crime'" })).toEqual(i(2, 5));
    expect(await offered(shop, { filter: "year < 4" })).toEqual(i(2, 3));
    expect(await offered(shop, {})).toEqual(i(2, 3, 4, 5));
  });

  test("sees the newest attributes, the time of creation, and an item's own time window", async () => {
    const shop = await open({ rules: { filter: "created > now - 2h and not until <= now" } });
    const { engine, advance, clock } = shop;
    expect(await offered(shop)).toHaveLength(6);
    advance(2 * hour);
    const until = new Date(clock() + hour * 1000).toISOString();
    await engine.putItems([sampleItem("a"), sampleItem("b", { attributes: { until } })]);
    expect(await offered(shop)).toEqual(["a", "b"]);
    advance(hour - 1);
    expect(await offered(shop)).toEqual(["a", "b"]);
    // The last write changes no time of creation.
    await engine.putItems([sampleItem("a", { attributes: { new: true } })]);
    advance(1);
    expect(await offered(shop)).toEqual(["a"]);
    advance(hour);
    await expect(offered(shop)).rejects.toMatchObject({ code: "no_candidates" });
  });

  test("sees candidates' own features alone, and the catalogue's attributes of the others", async () => {
    const { engine } = await open();
    const { decision } = await engine.recommend({
      userId: ann,
      slateSize: 1,
      candidates: [
        { itemId: "i-1", features: { year: 9 } },
        { itemId: "i-3" },
        { itemId: "i-4" },
        { itemId: "new", features: { year: 4 } },
      ],
      rules: { filter: "year >= 4 and not has created" },
    });
    expect(decision.candidates.map((one) => one.itemId)).toEqual(["i-1", "new"]);
  });

  test("on a field that no item has, or that matches nothing, leaves no candidate and changes nothing", async () => {
    const shop = await open();
    await expect(offered(shop, { filter: "colour = 'red'" })).rejects.toMatchObject({
      code: "no_candidates",
      message: expect.stringContaining("loosen the rules"),
    });
    expect(await shop.store.decisions.count()).toBe(0);
    expect(await offered(shop, { filter: "colour != 'red'" })).toHaveLength(6);
  });
});

test("exclusion lists of scenario and request leave out their items, also candidates that were sent", async () => {
  const shop = await open({ rules: { exclude: ["i-0", "gone"] } });
  expect(await offered(shop, { exclude: ["i-1", "i-1"] })).toEqual(i(2, 3, 4, 5));
  const candidates = i(0, 1, 2).map((item) => ({ itemId: item }));
  const { decision } = await shop.engine.recommend({
    userId: ann,
    slateSize: 1,
    candidates,
    rules: { exclude: ["i-1"] },
  });
  expect(decision.slate).toEqual(["i-2"]);
});

describe("seen items", () => {
  const record = (
    { engine, clock }: Awaited<ReturnType<typeof openShop>>,
    type: string,
    item: string,
    agoSeconds = 0,
  ) =>
    engine.record([{ type, userId: ann, itemId: item, occurredAt: clock() - 1000 * agoSeconds }]);

  test("are left out for a number of days after events of given types", async () => {
    const shop = await open({
      excludeSeen: [{ types: ["buy"], days: 30 }, { types: ["hide"] }, { days: 1 }],
    });
    await record(shop, "buy", "i-0");
    await record(shop, "hide", "i-1");
    await record(shop, "click", "i-2");
    await record(shop, "click", "i-3", 2 * day);
    expect(await offered(shop)).toEqual(i(3, 4, 5));
    expect(await offered(shop, {}, userId("bob"))).toHaveLength(6);
    shop.advance(day);
    expect(await offered(shop)).toEqual(i(2, 3, 4, 5));
    shop.advance(29 * day);
    expect(await offered(shop)).toEqual(i(0, 2, 3, 4, 5));
  });

  test("by an event with a time in the future are left out from its arrival on", async () => {
    const shop = await open({ excludeSeen: [{ days: 1 }] });
    await record(shop, "buy", "i-0", -400 * day);
    expect(await offered(shop)).toEqual(i(1, 2, 3, 4, 5));
    shop.advance(day);
    expect(await offered(shop)).toEqual(i(0, 1, 2, 3, 4, 5));
  });

  test("repetition: after so many showings within the hours without a click, in this scenario", async () => {
    const shop = await open(
      { rules: { repetition: [{ showings: 2, hours: 24, unless: ["click"] }] }, slateSize: 1 },
      1,
    );
    expect(await offered(shop)).toEqual(i(0));
    shop.advance(hour);
    expect(await offered(shop)).toEqual(i(0));
    await expect(offered(shop)).rejects.toMatchObject({ code: "no_candidates" });
    expect(await offered(shop, {}, userId("bob"))).toEqual(i(0));
    shop.advance(1);
    await record(shop, "buy", "i-0");
    await expect(offered(shop)).rejects.toMatchObject({ code: "no_candidates" });
    await record(shop, "click", "i-0");
    shop.advance(1);
    expect(await offered(shop)).toEqual(i(0));
    expect(await offered(shop)).toEqual(i(0));
    await expect(offered(shop)).rejects.toMatchObject({ code: "no_candidates" });
    shop.advance(day);
    expect(await offered(shop)).toEqual(i(0));
  });
});

test("the list of a filter is one object until its items change or its time gives another", async () => {
  const { store } = await open();
  const catalogue = createCatalogue(store.items);
  await catalogue.refresh(await store.sequence());
  const { sequence, available } = catalogue;
  const at = (now: number) => available({ filters: ["until > now"], now });
  const plain = available({ filters: ["year > 2"], now: 1 });
  expect(available({ filters: ["year > 2"], now: 2 })).toBe(plain);
  await store.items.put([sampleItem("a", { attributes: { until: 120_000 } })]);
  await catalogue.refresh(sequence + 1);
  expect(available({ filters: ["year > 2"], now: 2 })).toBe(plain);
  expect(at(0).map((one) => one.itemId)).toEqual(["a"]);
  expect(at(60_000)).toBe(at(0));
  expect(at(120_000)).toEqual([]);
});

describe("the audit", () => {
  const rules = {
    filter: "created > now - 30d and year != 3",
    exclude: ["i-9"],
    repetition: [{ showings: 3, hours: 12, unless: ["click"] }],
  };
  const excludeSeen = [{ types: ["buy"], days: 1 }];

  async function play(seed: number) {
    const shop = await openAuditedShop({
      scenario: { rules, excludeSeen, maxCandidates: 8 },
      items: 16,
    });
    const random = createRandom(seed);
    await assign(shop.store, { serving: shopSnapshot(seed, 16) });
    for (let turn = 0; turn < 60; turn++) {
      shop.advance(random.integer(3 * hour));
      const user = userId(`user-${random.integer(3)}`);
      const own = random.uniform() < 0.3 ? { rules: { filter: "year > 4", exclude: ["i-7"] } } : {};
      const { decision } = await shop.engine.recommend({ userId: user, ...own });
      const type = random.uniform() < 0.5 ? "click" : "buy";
      await shop.engine.record([{ type, userId: user, itemId: decision.slate[0]! }]);
      if (random.uniform() < 0.2)
        await shop.engine.putItems([
          sampleItem(`i-${random.integer(16)}`, { attributes: { year: random.integer(6) } }),
        ]);
    }
    return shop;
  }

  test("derives the offered items of its moment with every rule", async () => {
    const { run } = await play(1);
    const { decisions, findings, retrievalsNotDerivable } = await run();
    expect(findings).toEqual([]);
    expect([decisions, retrievalsNotDerivable]).toEqual([60, 0]);
  });

  test.each([
    ["the filter", (text: string) => text.replace("year != 3", "year != 2")],
    ["the list", (text: string) => text.replace("i-9", "i-8")],
    ["the seen items", (text: string) => text.replace('"types":["buy"]', '"types":["click"]')],
    ["the repetition", (text: string) => text.replace('"showings":3', '"showings":1')],
  ])("finds a change of %s", async (_, change) => {
    const { store, path, tamper } = await play(2);
    const [first] = await store.decisions.recent(1);
    const canonical = canonicalJson(first!.decision.servingRule as unknown as JsonObject);
    expect(change(canonical)).not.toBe(canonical);
    tamper("UPDATE serving_rules SET text = ? WHERE text = ?", change(canonical), canonical);
    // A store keeps the rules that it has read.
    const reader = await openSqliteStore(path);
    const configuration = parseConfiguration(shopConfiguration());
    const { findings } = await audit({ store: reader, configuration });
    await reader.close();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.every(({ cause }) => cause === "tampered-row")).toBe(true);
  });

  test("finds a request's rule that was changed", async () => {
    const { engine, run, tamper } = await openAuditedShop({ items: 8 });
    await engine.recommend({ userId: ann, rules: { filter: "year > 4" } });
    tamper("UPDATE decisions SET offer = ?", JSON.stringify({ rules: { filter: "year > 3" } }));
    expect((await run()).findings).toMatchObject([{ cause: "tampered-row" }]);
  });
});

test("an excluded item may be in a history and in the catalogue all the same", async () => {
  const shop = await open({ rules: { exclude: ["i-0"] } });
  await shop.engine.record([{ type: "click", userId: ann, itemId: itemId("i-0") }]);
  expect(await offered(shop)).toEqual(i(1, 2, 3, 4, 5));
});
