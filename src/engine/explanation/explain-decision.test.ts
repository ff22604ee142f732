import { expect, test } from "vitest";
import { openAuditedShop } from "../../../tests/support/audited-shop.ts";
import { startOfTests } from "../../../tests/support/engine.ts";
import {
  onEncoder,
  randomNetwork,
  sampleChain,
  sampleEncoder,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { sampleItem } from "../../../tests/support/sample.ts";
import {
  ann,
  assign,
  candidatesOf,
  type ShopOptions,
  shopConfiguration,
  shopSnapshot,
} from "../../../tests/support/shop.ts";
import type { Decision } from "../../domain/decision.ts";
import type { Explanation } from "../../domain/explanation.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { createRandom } from "../../numeric/random.ts";
import { encodeNetwork } from "../../policy/network-policy.ts";
import { slatePropensities } from "../../policy/slate.ts";
import { createLogitDeriver } from "../audit/derive-logits.ts";
import { parseConfiguration } from "../configuration/configuration.ts";

const views = sampleViews(6);
const everything = candidatesOf(...views.map(({ itemId: id }) => id));
const click = (item: string, user = ann, value = 1) => ({
  type: "click",
  userId: user,
  itemId: itemId(item),
  value,
});

/** A shop that serves a policy on an encoder with a chain, and a user with events. */
async function openEncoded(options: ShopOptions = {}) {
  const shop = await openAuditedShop(options);
  const stored = sampleEncoder(views, 1, { chain: sampleChain(views.length) });
  const head = randomNetwork({ heads: 1, width: 8, positions: 1 }, views, createRandom(2));
  await shop.store.policies.apply({ encoders: [stored] });
  await assign(shop.store, { serving: encodeNetwork(onEncoder(head, stored)) });
  await shop.engine.record([click("i-1"), click("i-3", ann, -1), click("i-0"), click("i-5")]);
  const explain = ({ decisionId }: Decision) => shop.engine.explainDecision(decisionId);
  return { ...shop, explain };
}

/** Propensity of each shown item from the scores of all: every candidate is shown. */
function propensitiesOf({ slate, exploration }: Explanation): number[] {
  return slate.map(({ score }, position) => {
    const left = slate.slice(position).map((item) => Math.exp(item.score));
    const total = left.reduce((sum, one) => sum + one, 0);
    return ((1 - exploration) * Math.exp(score)) / total + exploration / left.length;
  });
}

const whole = { userId: ann, candidates: everything, slateSize: 6 };

test("the terms of the scores give the logged propensities, with encoder, chain, head and boost", async () => {
  const { engine, explain } = await openEncoded({
    scenario: { rules: { boosts: [{ filter: 'category = "drama"', add: 1.5 }] } },
  });
  const { decision } = await engine.recommend(whole);
  const explanation = await explain(decision);
  const { slate } = explanation;
  expect(slate.map((item) => item.itemId)).toEqual(decision.slate);
  for (const { terms } of slate)
    expect(Object.keys(terms)).toEqual(["encoder", "chain", "head", "boost"]);
  expect(slate.filter(({ terms }) => terms.boost === 1.5).length).toBe(2);
  for (const name of ["encoder", "chain", "head"] as const) {
    const values = slate.map(({ terms }) => terms[name] ?? Number.NaN);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
    expect(Math.max(...values)).toBeGreaterThan(0.01);
  }
  for (const [position, propensity] of propensitiesOf(explanation).entries())
    expect(propensity).toBeCloseTo(decision.positionPropensities[position] ?? 0, 9);
});

test("the part of the items above is a term of each item, and the score with it gives the propensity", async () => {
  const { engine, explain } = await openEncoded({
    scenario: { slateSize: 3, rules: { diversity: 0.75 } },
  });
  const { decision } = await engine.recommend({ ...whole, slateSize: 3 });
  const { slate, exploration } = await explain(decision);
  const categoryOf = (id: string) => Number(id.slice(2)) % 3;
  for (const [position, { itemId: id, terms, rank, open }] of slate.entries()) {
    const above = slate.slice(0, position).map((one) => categoryOf(one.itemId));
    // Two items of each category: the second one has odds of (1 − δ²)³.
    const isAlike = above.includes(categoryOf(id));
    expect(terms.diversity).toBeCloseTo(isAlike ? 3 * Math.log(1 - 0.9 ** 2) : 0, 12);
    expect(open).toBe(6 - position);
    expect(rank).toBeGreaterThanOrEqual(1);
  }
  expect(exploration).toBeGreaterThan(0);
});

test("the fast loop's correction and its draw are terms of their own", async () => {
  const { engine, store, advance, explain } = await openEncoded({
    scenario: {
      fastLoop: { enabled: true, forgetting: 0.94, temperature: 0.05 },
      reward: { weights: { click: 1 }, windowSeconds: 5, graceSeconds: 0, maximum: 1 },
    },
  });
  for (let visit = 0; visit < 60; visit++) {
    const user = userId(`user-${visit % 40}`);
    const { decision } = await engine.recommend({ ...whole, userId: user });
    const { slate, decisionId } = decision;
    if (slate[0] === "i-2") await engine.record([{ ...click("i-2", user), decisionId }]);
    advance(6);
    await engine.idle();
  }
  const { decision } = await engine.recommend(whole);
  expect(decision.fastLoop).toBeDefined();
  const explanation = await explain(decision);
  for (const { terms } of explanation.slate) {
    expect(terms.fastLoop).not.toBe(0);
    expect(terms.fastLoopDraw).not.toBe(0);
  }
  for (const [position, propensity] of propensitiesOf(explanation).entries())
    expect(propensity).toBeCloseTo(decision.positionPropensities[position] ?? 0, 9);
  expect(await store.decisions.count()).toBe(61);
});

test("an event's part is the difference to the same user without it", async () => {
  const { engine, store, explain } = await openEncoded();
  const bob = userId("bob");
  await engine.record([click("i-1", bob), click("i-3", bob, -1), click("i-5", bob)]);
  const { decision } = await engine.recommend(whole);
  const { history, movedBy, slate } = await explain(decision);
  expect(history.map((event) => event.itemId)).toEqual(["i-1", "i-3", "i-0", "i-5"]);
  const deriver = createLogitDeriver(store, parseConfiguration(shopConfiguration()));
  const logits = await deriver.derive(decision.policyVersion, { ...decision, userId: bob });
  await deriver.close();
  const order = decision.slate.map((item) => everything.findIndex((one) => one.itemId === item));
  const without = slatePropensities({ logits, order, exploration: decision.exploration });
  const ratios = without.map((p, k) => Math.log((decision.positionPropensities[k] ?? 0) / p));
  expect(history[2]?.logRatio).toBeCloseTo(
    ratios.reduce((sum, ratio) => sum + ratio, 0),
    9,
  );
  for (const { position, raisedBy } of slate) {
    const ratio = ratios[position] ?? 0;
    const raised = raisedBy.find(({ event }) => event === 2);
    if (raised) expect(raised.logRatio).toBeCloseTo(ratio, 9);
    else expect(raisedBy.length === 3 || ratio <= 0).toBe(true);
  }
  const shifts = history.map(({ shift = 0 }) => shift);
  const sorted = [...shifts.keys()].sort((left, right) => shifts[right]! - shifts[left]!);
  expect(movedBy.events).toEqual(sorted.slice(0, 3));
  expect(movedBy.shift).toBeGreaterThan(0);
});

test("attention is a share of each event that the encoder reads: a dislike has none", async () => {
  const { engine, explain } = await openEncoded();
  const { history } = await explain((await engine.recommend(whole)).decision);
  const shares = history.map(({ attention = Number.NaN }) => attention);
  expect(shares[1]).toBe(0);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  expect(shares.filter((share) => share > 0).length).toBe(3);
});

test("an explanation stays the same whatever happens after the decision", async () => {
  const { engine, store, explain, advance } = await openEncoded();
  const { decision } = await engine.recommend({ userId: ann });
  const then = await explain(decision);
  await engine.record([click("i-4"), click("i-2")]);
  await engine.putItems([sampleItem("i-1", { categories: ["other"] })]);
  await engine.deleteItem(decision.slate[0] ?? "");
  await engine.putUsers([{ userId: ann, attributes: { country: "SE" } }]);
  await assign(store, { serving: shopSnapshot(5) });
  advance(1000);
  const later = await engine.recommend({ userId: ann });
  expect((await explain(later.decision)).policyVersion).not.toBe(then.policyVersion);
  expect(await explain(decision)).toEqual(then);
});

test("only the newest fifty events are left out, and all are listed", async () => {
  const { engine, explain } = await openEncoded();
  const events = Array.from({ length: 60 }, (_, index) => click(`i-${index % 6}`));
  await engine.record(events);
  const { history } = await explain((await engine.recommend(whole)).decision);
  expect(history.length).toBe(64);
  expect(history.map(({ shift }) => shift !== undefined)).toEqual(
    history.map((_, place) => place >= 14),
  );
});

test("items that the user turned down, and those of campaigns that took no part, are told from those that retrieval left", async () => {
  const { engine, explain } = await openEncoded({
    scenario: {
      ads: { outcomes: ["click"] },
      rules: { aversions: [{ types: ["hide"], by: "itemId" }] },
    },
  });
  const terms = { scenario: "shop", pays: "click", bid: 1 };
  await engine.putCampaigns([
    { ...terms, campaignId: "open" },
    { ...terms, campaignId: "over", endsAt: startOfTests },
  ]);
  for (const [index, campaign] of ["open", "open", "open", "over"].entries())
    await engine.putItems([sampleItem(`i-${index}`, { attributes: { campaign } })]);
  await engine.record([{ type: "hide", userId: ann, itemId: "i-1" }]);
  const { decision } = await engine.recommend({ userId: ann });
  const { leftOut } = await explain(decision);
  expect(leftOut).toEqual({ available: 6, byRules: 3, seen: 1, notRetrieved: 0 });
});

test("rules are reported: pins, caps, filters, seen items", async () => {
  const { engine, explain } = await openEncoded({
    scenario: {
      slateSize: 3,
      excludeSeen: [{ types: ["click"] }],
      rules: { filter: "year > 0", pins: [{ itemId: "i-4", position: 1 }] },
    },
    items: 12,
  });
  await engine.putItems([sampleItem("gone", { available: false })]);
  const { decision } = await engine.recommend({
    userId: ann,
    rules: { caps: [{ by: "category", most: 1 }] },
  });
  const { leftOut, candidates, slate } = await explain(decision);
  expect(leftOut).toEqual({ available: 12, byRules: 1, seen: 3, notRetrieved: 0 });
  expect(candidates).toBe(8);
  expect(slate[1]).toMatchObject({ itemId: "i-4", pinned: true, explored: 0 });
  expect(slate[1]).not.toHaveProperty("rank");
  // The pinned item's category is full from the start, and that of the first item after it.
  expect(slate[0]).toMatchObject({ pinned: false, capped: 2, open: 5 });
  expect(slate[2]?.capped).toBeGreaterThan(2);
});

test("popularity is a term of its own, and no event moves it", async () => {
  const { engine, explain } = await openEncoded({ rest: { baselineShare: 0.99 } });
  const { decision } = await engine.recommend({ userId: ann });
  expect(decision.arm).toBe("baseline");
  const explanation = await explain(decision);
  expect(explanation.slate.map(({ terms }) => Object.keys(terms))).toEqual([
    ["popularity"],
    ["popularity"],
  ]);
  expect(explanation.movedBy).toEqual({ events: [], shift: 0 });
  expect(explanation.history[0]).toEqual({
    itemId: "i-1",
    type: "click",
    value: 1,
    occurredAt: startOfTests,
    shift: 0,
    logRatio: 0,
  });
});

test("the uniform choice has no terms, and only chance", async () => {
  const { engine, explain } = await openEncoded({ rest: { uniformShare: 0.5 } });
  const decide = async (user: number) =>
    (await engine.recommend({ userId: `user-${user}` })).decision;
  let user = 0;
  let uniform = await decide(user);
  while (uniform.arm !== "uniform") uniform = await decide(++user);
  const { slate, movedBy } = await explain(uniform);
  for (const { terms, score, open = 0, propensity, explored } of slate) {
    expect([terms, score]).toEqual([{}, 0]);
    expect(propensity).toBeCloseTo(1 / open, 12);
    expect(explored).toBeCloseTo(0.1, 12);
  }
  expect(movedBy.events).toEqual([]);
});

test("candidates of the request are explained with their own features", async () => {
  const { engine, explain } = await openEncoded();
  const candidates = [...everything, { itemId: itemId("own"), features: { colour: "red" } }];
  const { decision } = await engine.recommend({ userId: ann, candidates, slateSize: 7 });
  const explanation = await explain(decision);
  expect(explanation).not.toHaveProperty("leftOut");
  expect(explanation.slate.length).toBe(7);
  for (const [position, propensity] of propensitiesOf(explanation).entries())
    expect(propensity).toBeCloseTo(decision.positionPropensities[position] ?? 0, 9);
});

test("a decision that was never made, or whose policy or encoder is gone, is refused by name", async () => {
  const { engine, tamper, explain } = await openEncoded();
  await expect(engine.explainDecision("d-9")).rejects.toMatchObject({
    code: "not_found",
    details: { decisionId: "d-9" },
  });
  const { decision } = await engine.recommend(whole);
  tamper("DELETE FROM policy_bytes WHERE version = ?", decision.policyVersion);
  await expect(explain(decision)).rejects.toMatchObject({
    code: "not_found",
    details: { version: decision.policyVersion },
    message: expect.stringContaining("its snapshot is missing; restore it"),
  });
});

test("a decision that the record does not bear out is not explained", async () => {
  const { engine, tamper, explain } = await openEncoded();
  const { decision } = await engine.recommend(whole);
  tamper("UPDATE decisions SET exploration = 0.4 WHERE decision_id = ?", decision.decisionId);
  await expect(explain(decision)).rejects.toMatchObject({
    code: "audit_failed",
    details: { decisionId: decision.decisionId },
    message: expect.stringMatching(/^decision 'd-1' can't be explained: log propensities differ/),
  });
});

test("more than ten explanations at a time are refused, and those before are given", async () => {
  const { engine, explain } = await openEncoded();
  const { decision } = await engine.recommend(whole);
  const asked = await Promise.allSettled(Array.from({ length: 12 }, () => explain(decision)));
  expect(asked.map(({ status }) => status)).toEqual([
    ...new Array(10).fill("fulfilled"),
    ...new Array(2).fill("rejected"),
  ]);
  expect(asked.at(-1)).toMatchObject({ reason: { code: "overloaded" } });
  expect((await explain(decision)).decisionId).toBe(decision.decisionId);
});
