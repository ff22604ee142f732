import { expect, test } from "vitest";
import { sampleItem } from "../../../../tests/support/sample.ts";
import {
  assign,
  openShop,
  shopConfiguration,
  shopSnapshot,
} from "../../../../tests/support/shop.ts";
import { itemId, userId } from "../../../domain/ids.ts";
import { defaultMpo } from "../../../domain/mpo-fields.ts";
import { distil } from "../../../learning/distil.ts";
import { createNetworkFamily } from "../../../learning/network-family.ts";
import { checkLogged } from "../../../mpo/self-check.ts";
import { createRandom } from "../../../numeric/random.ts";
import { encodePopularity } from "../../../policy/popularity.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { createCatalogueAsOf } from "../../state/catalogue-as-of.ts";
import { knowLogging, loadServed } from "./carried.ts";
import { readFeedback } from "./read-feedback.ts";

const rules = {
  boosts: [
    { filter: "year > 6", add: 1.5 },
    { filter: "category = 'drama'", add: -0.5 },
  ],
  pins: [{ itemId: "i-4", position: 1 }],
  caps: [
    { by: "category", most: 2 },
    { by: "year", most: 1 },
  ],
  newcomers: [{ by: "year", days: 1, add: 1 }],
  diversity: 0.9,
};
const options = {
  scenario: { slateSize: 5, rules },
  rest: { uniformShare: 0.2, baselineShare: 0.2 },
  items: 12,
};

/** Decisions of several arms, closed, under rules that a later configuration has no more. */
async function play() {
  const { engine, store, advance, clock } = await openShop(options);
  const scores = new Map(["i-1", "i-8", "i-3"].map((item, index) => [itemId(item), index / 10]));
  const [serving] = await assign(store, { serving: shopSnapshot(1, 12) });
  await assign(store, { canary: shopSnapshot(2, 12) }, { canaryShare: 0.3 });
  await assign(store, { baseline: encodePopularity({ scores, mean: 0.05 }) });
  advance(2 * 86_400);
  await engine.putItems([sampleItem("n-0", { attributes: { year: 99 } })]);
  for (let turn = 0; turn < 60; turn++) {
    const own = turn % 4 === 0 ? { rules: { boosts: [{ filter: "year < 5", add: 1 }] } } : {};
    const user = userId(`user-${turn}`);
    const { decision } = await engine.recommend({ userId: user, ...own });
    await engine.record([{ type: "click", userId: user, itemId: decision.slate[turn % 5]! }]);
  }
  advance(600);
  const scenario = parseConfiguration(shopConfiguration()).scenarios[0]!;
  const feedback = await readFeedback({
    store,
    scenario,
    now: clock(),
    previous: 0,
    cycle: 1,
    catalogueAsOf: createCatalogueAsOf(store.items, undefined),
    plan: { read: 1000, decisions: 1000, cells: 100_000 },
  });
  return { store, serving: serving!, feedback };
}

test("rows under boosts, pins, caps, newcomers and diversity are borne out by the policies of all arms", async () => {
  const { store, serving, feedback } = await play();
  const family = createNetworkFamily({
    mpo: defaultMpo,
    discount: 0,
    defaultReward: 0,
    threads: 1,
  });
  const policy = (await loadServed(store, serving))!;
  const arm = { version: serving, arm: "serving" } as const;
  const rows = await knowLogging(feedback.rows, { store, family }, arm);
  expect(new Set(rows.map((row) => row.arm)).size).toBeGreaterThan(3);
  const { selfCheck } = checkLogged(rows, await family.scorePolicy(policy, rows));
  expect(selfCheck).toMatchObject({ rows: rows.length, leftOut: 0 });
  expect(rows.some((row) => row.candidates[row.action]!.itemId === "i-4")).toBe(false);
  expect(feedback.itemRewards().has(itemId("i-4"))).toBe(false);
  // The pinned item stands at position 1, so that others are judged at the places where people saw them.
  expect(new Set(rows.map(({ position, shownAt }) => `${position}/${shownAt}`))).toEqual(
    new Set(["0/0", "1/2", "2/3", "3/4"]),
  );
});

test("a policy that is distilled to what it served with boosts and diversity stays as it is", async () => {
  const { store, serving, feedback } = await play();
  const family = createNetworkFamily({
    mpo: defaultMpo,
    discount: 0,
    defaultReward: 0,
    threads: 1,
  });
  const network = (await loadServed(store, serving))!;
  const logs = await family.scorePolicy(network, feedback.rows);
  const rows = feedback.rows.map((row, index) => ({ ...row, target: logs[index]!.map(Math.exp) }));
  const distilled = await distil({
    network,
    rows,
    objective: "cross-entropy",
    threads: 1,
    random: createRandom(3),
    settings: { ...defaultMpo.distillation, likelihood: 0 },
  });
  const after = await family.scorePolicy(distilled.network, feedback.rows);
  const moved = after.flatMap((own, index) =>
    [...own].map((log, a) => Math.abs(log - logs[index]![a]!)),
  );
  expect(moved.reduce((sum, one) => sum + one, 0) / moved.length).toBeLessThan(0.1);
});
