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
import type { Decision } from "../../domain/decision.ts";
import { itemId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { ScenarioRules } from "../../domain/rules.ts";
import { createRandom } from "../../numeric/random.ts";
import { canonicalJson } from "../../storage/canonical-json.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";

const count = 60;
const brandOf = (index: number) => `b-${index % 17}`;
const categories = ["drama", "comedy", "crime"];
const items = Array.from({ length: count }, (_, index) =>
  sampleItem(`i-${index}`, {
    categories: [categories[index % 3]!, ...(index % 5 === 0 ? ["sale"] : [])],
    attributes: { year: index, brand: brandOf(index) },
  }),
);
const factsOf = new Map(items.map((item) => [item.itemId, item]));

const rules: ScenarioRules = {
  filter: "created > now - 30d and year != 3",
  exclude: ["i-9"],
  repetition: [{ showings: 4, hours: 12, unless: ["click"] }],
  boosts: [
    { filter: "category = 'sale'", add: 1 },
    { filter: "year > 40", add: -0.5 },
  ],
  pins: [
    { itemId: "i-50", position: 0 },
    { itemId: "i-20", position: 4 },
  ],
  caps: [
    { by: "category", most: 5 },
    { by: "brand", most: 1 },
  ],
  diversity: 0.8,
};

/** What a slate does against the rules that scenario and request have. */
function violations({ slate, candidates, servingRule, offer }: Decision): readonly string[] {
  const both = [servingRule?.rules ?? {}, offer?.rules ?? {}];
  const shown = slate.map((item) => factsOf.get(item)!);
  const most = (values: readonly string[]) =>
    Math.max(0, ...[...new Set(values)].map((one) => values.filter((v) => v === one).length));
  const over = both.flatMap(({ caps = [] }) =>
    caps.flatMap((cap) => {
      const values = shown.flatMap((item) =>
        cap.by === "category" ? item.categories : [String(item.attributes[cap.by])],
      );
      return most(values) > cap.most ? [`${most(values)} of one ${cap.by}`] : [];
    }),
  );
  const ids = candidates.map((one) => String(one.itemId));
  const moved = both.flatMap(({ pins = [] }) =>
    pins.filter((pin) => ids.includes(pin.itemId) && slate[pin.position] !== pin.itemId),
  );
  const excluded = both.flatMap(({ exclude = [] }) =>
    exclude.filter((id) => slate.includes(itemId(id))),
  );
  const old = shown.filter(({ attributes }) => attributes.year === 3);
  return [
    ...over,
    ...moved.map(({ itemId: id }) => `${id} is elsewhere`),
    ...excluded,
    ...old.map(String),
  ];
}

async function play(turns: number, seed = 1) {
  const shop = await openAuditedShop({
    scenario: { slateSize: 10, maxCandidates: 30, rules },
    rest: { uniformShare: 0.2, baselineShare: 0.2 },
    items: 0,
  });
  await shop.engine.putItems(items);
  await assign(shop.store, { serving: shopSnapshot(1, count), canary: shopSnapshot(2, count) });
  const random = createRandom(seed);
  const decisions: Decision[] = [];
  for (let turn = 0; turn < turns; turn++) {
    shop.advance(random.integer(3600));
    const user = userId(`user-${random.integer(8)}`);
    const own =
      random.uniform() < 0.3
        ? {
            rules: {
              boosts: [{ filter: "year < 20", add: 2 }],
              pins: [{ itemId: "i-31", position: 2 }],
              caps: [{ by: "category", most: 4 }],
            },
          }
        : {};
    const { decision } = await shop.engine.recommend({ userId: user, ...own });
    decisions.push(decision);
    const clicked = decision.slate[random.integer(decision.slate.length)]!;
    await shop.engine.record([{ type: "click", userId: user, itemId: clicked }]);
  }
  return { ...shop, decisions };
}

describe("slates of 10 with every rule of scenario and requests on", () => {
  test("violate none, in any arm, and are derived again", async () => {
    const { decisions, run } = await play(80);
    expect(decisions.flatMap(violations)).toEqual([]);
    expect(new Set(decisions.map(({ arm }) => arm)).size).toBeGreaterThan(2);
    expect(decisions.every(({ slate }) => slate.length === 10)).toBe(true);
    // Repetition leaves a pinned item out, too.
    const pinned = decisions.filter(({ slate }) => slate[0] === "i-50");
    expect(pinned.length).toBeGreaterThan(20);
    for (const { positionPropensities } of pinned) expect(positionPropensities[0]).toBe(1);
    const report = await run();
    expect(report).toMatchObject({ decisions: 80, findings: [], retrievalsNotDerivable: 0 });
    expect(report.largestDifference).toBeLessThan(1e-12);
  });

  test.each([
    ["a boost", '"add":1', '"add":1.1'],
    ["a pin", '"itemId":"i-50"', '"itemId":"i-51"'],
    ["a cap", '"by":"brand","most":1', '"by":"brand","most":2'],
    ["diversity", '"diversity":0.8', '"diversity":0.79'],
  ])("are found with %s changed", async (_, before, after) => {
    const { decisions, path, tamper } = await play(12, 2);
    const rule = decisions[0]!.servingRule as unknown as JsonObject;
    const text = canonicalJson(rule);
    expect(text).toContain(before);
    tamper("UPDATE serving_rules SET text = ? WHERE text = ?", text.replace(before, after), text);
    // A store keeps the rules that it has read.
    const reader = await openSqliteStore(path);
    const configuration = parseConfiguration(shopConfiguration());
    const { findings } = await audit({ store: reader, configuration });
    await reader.close();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.every(({ cause }) => cause === "tampered-row")).toBe(true);
  });
});

test("boosts add to the log-odds of all policies alike", async () => {
  const { engine } = await openShop({ scenario: { slateSize: 1, exploration: 1e-9 } });
  const seen = async (add: number) => {
    const { decision } = await engine.recommend({
      userId: ann,
      seed: 3,
      rules: { boosts: [{ filter: "itemId = 'i-2'", add }] },
    });
    return { ...decision, p: decision.positionPropensities[0]! };
  };
  // A new loop has no policy: the choice is uniform, so odds are e^boost against the five others.
  const odds = Math.exp(2) / 5;
  const { slate, p } = await seen(2);
  const expected = slate[0] === "i-2" ? odds / (1 + odds) : 1 / 5 / (1 + odds);
  expect(p).toBeCloseTo(expected, 8);
});

test("diversity divides the odds of an item that the one above tells", async () => {
  const { engine, store } = await openShop({
    scenario: { slateSize: 2, exploration: 1e-9, rules: { diversity: 0.6 } },
    items: 0,
  });
  await engine.putItems(
    ["a", "a", "b", "b"].map((category, index) =>
      sampleItem(`${category}-${index}`, {
        categories: [category],
        attributes: { title: `No. ${index}`, year: 1990 + index, kind: "film" },
      }),
    ),
  );
  // Titles tell no two apart, years don't count, and all are films: what is left is the category.
  const likely = (1 - 0.9 ** 2) ** 1.5;
  const seen = new Set<boolean>();
  for (let turn = 0; turn < 20; turn++) {
    const { decision } = await engine.recommend({ userId: userId(`user-${turn}`) });
    const [first = "", second = ""] = decision.slate;
    const isAlike = first[0] === second[0];
    seen.add(isAlike);
    // A new loop has no policy: the choice is uniform but for diversity.
    expect(decision.positionPropensities[1]).toBeCloseTo((isAlike ? likely : 1) / (2 + likely), 8);
  }
  expect(seen.size).toBe(2);
  const configuration = parseConfiguration(shopConfiguration());
  expect((await audit({ store, configuration })).findings).toEqual([]);
});

describe("retrieval", () => {
  test("keeps pinned items and enough of other groups for the caps", async () => {
    const { engine, store } = await openAuditedShop({
      scenario: {
        slateSize: 6,
        maxCandidates: 8,
        rules: { pins: [{ itemId: "x-3", position: 5 }], caps: [{ by: "brand", most: 1 }] },
      },
      items: 0,
    });
    const big = Array.from({ length: 200 }, (_, index) =>
      sampleItem(`i-${index}`, { attributes: { brand: "big" } }),
    );
    const small = Array.from({ length: 12 }, (_, index) =>
      sampleItem(`x-${index}`, { attributes: { brand: `small-${index}` } }),
    );
    await engine.putItems([...big, ...small]);
    for (let turn = 0; turn < 10; turn++) {
      const { decision } = await engine.recommend({ userId: userId(`user-${turn}`) });
      expect(decision.slate).toHaveLength(6);
      expect(decision.slate[5]).toBe("x-3");
      expect(decision.candidates.length).toBeLessThanOrEqual(8 + 6);
    }
    const configuration = parseConfiguration(shopConfiguration());
    expect((await audit({ store, configuration })).findings).toEqual([]);
  });
});

describe("too few items for the caps", () => {
  test("make the slate shorter, which is on record and derived again", async () => {
    const { engine, run } = await openAuditedShop({
      scenario: { slateSize: 5, rules: { caps: [{ by: "category", most: 1 }] } },
    });
    const { decision } = await engine.recommend({ userId: ann });
    expect(decision.slate).toHaveLength(3);
    expect(decision.offer).toEqual({ slateSize: 5 });
    expect((await run()).findings).toEqual([]);
  });

  test("move pins up, so that they are in the slate", async () => {
    const { engine } = await openShop({
      scenario: {
        slateSize: 5,
        rules: { caps: [{ by: "category", most: 1 }], pins: [{ itemId: "i-0", position: 4 }] },
      },
    });
    const { decision } = await engine.recommend({ userId: ann });
    expect(decision.slate.slice(2)).toEqual(["i-0"]);
    expect(decision.positionPropensities[2]).toBe(1);
  });
});

test("a pinned item that may not be shown leaves its place to chance", async () => {
  const { engine } = await openShop({
    scenario: { excludeSeen: true, rules: { pins: [{ itemId: "i-4", position: 0 }] } },
  });
  const first = async () => (await engine.recommend({ userId: ann })).decision;
  expect((await first()).slate[0]).toBe("i-4");
  await engine.record([{ type: "click", userId: ann, itemId: "i-4" }]);
  const { slate, positionPropensities } = await first();
  expect(slate).not.toContain("i-4");
  expect(positionPropensities[0]).toBeLessThan(1);
});

describe("refused requests change nothing:", () => {
  const scenarioRules = { pins: [{ itemId: "i-0", position: 0 }], exclude: ["i-5"] };
  test.each<[object, string]>([
    [{ filter: "year >" }, 'rules.filter is "year >": at its end: expected a value'],
    [{ boosts: [{ filter: "year > 1", add: Number.NaN }] }, "rules.boosts[0].add is NaN"],
    [{ boosts: [{ filter: "year > 1", add: 6 }] }, "from -5 to 5, in log-odds"],
    [{ boosts: [{ filter: "(", add: 1 }] }, "rules.boosts[0].filter"],
    [{ caps: [{ by: "brand", most: 0 }] }, "rules.caps[0].most is 0: send a whole number from 1"],
    [{ caps: [{ by: "brand", most: -1 }] }, "rules.caps[0].most is -1"],
    [{ caps: [{ by: "created", most: 1 }] }, "send category or the path of an attribute"],
    [
      {
        caps: [
          { by: "a", most: 1 },
          { by: "a", most: 2 },
        ],
      },
      'rules.caps[1].by is "a": another',
    ],
    [{ pins: [{ itemId: "i-1", position: 2 }] }, "position 2 is beyond a slate of 2"],
    [
      {
        pins: [
          { itemId: "i-1", position: 1 },
          { itemId: "i-2", position: 1 },
        ],
      },
      "rules.pins[1].position is 1: another pin has this position",
    ],
    [
      {
        pins: [
          { itemId: "i-1", position: 1 },
          { itemId: "i-1", position: 0 },
        ],
      },
      'rules.pins[1].itemId is "i-1": another pin has this item',
    ],
    [{ pins: [{ itemId: "i-1", position: 1 }], exclude: ["i-1"] }, "excluded by the same rules"],
    [{ pins: [{ itemId: "i-5", position: 1 }] }, "the scenario excludes 'i-5'"],
    [{ pins: [{ itemId: "i-1", position: 0 }] }, "the scenario pins 'i-0' at position 0"],
    [{ pins: [{ itemId: "i-0", position: 1 }] }, "the scenario pins 'i-0' at position 0"],
    [{ repetition: [] }, "rules.repetition is unknown"],
    [{ diversity: 0.5 }, "rules.diversity is unknown"],
  ])("%o", async (own, message) => {
    const { engine, store } = await openShop({ scenario: { rules: scenarioRules } });
    await expect(engine.recommend({ userId: ann, rules: own })).rejects.toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining(message),
    });
    expect(await store.decisions.count()).toBe(0);
  });

  test("a pin that is none of the candidates that were sent", async () => {
    const { engine } = await openShop();
    const request = {
      userId: ann,
      slateSize: 1,
      candidates: [{ itemId: "i-1" }],
      rules: { pins: [{ itemId: "i-2", position: 0 }] },
    };
    await expect(engine.recommend(request)).rejects.toThrow("'i-2' is no candidate");
  });
});

test.each<[object, string]>([
  [{ rules: { pins: [{ itemId: "a", position: 2 }] } }, "a slate of 2 has positions 0 to 1"],
  [{ rules: { caps: [{ by: "brand", most: 0 }] } }, "rules.caps[0].most is 0"],
  [{ rules: { boosts: [{ filter: "x = 1", add: 99 }] } }, "rules.boosts[0].add is 99"],
  [{ rules: { filter: "x =" } }, 'rules.filter is "x =": at its end'],
  [{ rules: { pins: [{ itemId: "a", position: 0 }], exclude: ["a"] } }, "excluded by the same"],
  [{ excludeSeen: [{ days: 0 }] }, "excludeSeen[0].days is 0"],
  [{ rules: { diversity: 1 } }, "rules.diversity is 1: must be a number from 0, for none, to 0.9"],
  [{ rules: { diversity: -0.1 } }, "rules.diversity is -0.1"],
  [{ rules: { diversity: Number.NaN } }, "rules.diversity is NaN"],
])("a configuration is refused with the place: %o", (scenario, message) => {
  expect(() => parseConfiguration(shopConfiguration({ scenario }))).toThrow(message);
});
