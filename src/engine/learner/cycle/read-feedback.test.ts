import { describe, expect, test } from "vitest";
import { sampleDecision } from "../../../../tests/support/sample.ts";
import {
  ann,
  candidatesOf,
  openShop,
  type ShopOptions,
  shopConfiguration,
  shopItems,
} from "../../../../tests/support/shop.ts";
import { decisionId, itemId, userId } from "../../../domain/ids.ts";
import type { RewardRule } from "../../../domain/scenario.ts";
import { itemTokens } from "../../../policy/item-features.ts";
import { parseConfiguration } from "../../configuration/configuration.ts";
import { createCatalogueAsOf } from "../../state/catalogue-as-of.ts";
import { readFeedback } from "./read-feedback.ts";

const rule: RewardRule = {
  weights: { click: 1, buy: 4 },
  windowSeconds: 600,
  graceSeconds: 0,
  defaultReward: -0.5,
  minimum: -1,
  maximum: 3,
};

/** A shop with one decision a call, and a reader of its feedback. */
async function open(options: ShopOptions = { scenario: { reward: rule } }) {
  const shop = await openShop(options);
  const scenario = parseConfiguration(shopConfiguration(options)).scenarios[0]!;
  const read = ({
    decisions = 1000,
    cells = 100_000,
    ...changes
  }: {
    previous?: number;
    cycle?: number;
    decisions?: number;
    cells?: number;
  } = {}) =>
    readFeedback({
      store: shop.store,
      catalogueAsOf: createCatalogueAsOf(shop.store.items, undefined),
      scenario,
      now: shop.clock(),
      plan: { read: 10_000, decisions, cells },
      previous: 0,
      cycle: 1,
      ...changes,
    });
  return { ...shop, read };
}

describe("rows", () => {
  test("have the outcomes of guard metrics by position, and none of a segment that their user is not in", async () => {
    const segments = [{ attribute: "country", values: ["SE"] }];
    const reward = { ...rule, weights: { click: 1, buy: 0 } };
    const guards = [
      { type: "buy", margin: 0.1, segments },
      { type: "click", margin: 0.1 },
    ];
    const { engine, advance, read } = await open({ scenario: { reward, guards } });
    await engine.putUsers([{ userId: ann, attributes: { country: "SE" } }]);
    const bob = userId("bob");
    for (const user of [ann, bob]) {
      const { decision } = await engine.recommend({ userId: user });
      const { decisionId: id, slate } = decision;
      await engine.record([{ type: "buy", userId: user, itemId: slate[1]!, decisionId: id }]);
    }
    await engine.putUsers([{ userId: ann, attributes: { country: "NO" } }]);
    advance(601);
    const { rows } = await read();
    expect(rows.map(({ outcomes }) => [...(outcomes ?? [])])).toEqual([
      [0, Number.NaN, 0],
      [1, Number.NaN, 0],
      [0, 0, 0],
      [1, 1, 0],
    ]);
  });

  test("carry the return of their decision and what it earned itself where the scenario has a discount", async () => {
    const discounted = { discount: 0.5, sessionGapSeconds: 100 };
    const { engine, advance, read } = await open({ scenario: { reward: rule, ...discounted } });
    const visit = async (clicks: number) => {
      const candidates = candidatesOf("i-0", "i-1", "i-2");
      const { decision } = await engine.recommend({ userId: ann, candidates, slateSize: 2 });
      const common = { type: "buy", userId: ann, decisionId: decision.decisionId };
      const shown = decision.slate.slice(0, clicks);
      await engine.record(shown.map((item) => ({ ...common, itemId: item })));
    };
    await visit(1);
    advance(60);
    await visit(2);
    advance(600);
    await visit(0);
    advance(600);
    const { rows, decisions, kept, newDecisions } = await read();
    // Nobody came after the third visit yet, so its session may go on.
    expect([decisions, kept, newDecisions]).toEqual([3, 2, 2]);
    // 3 clipped reward units are 1, the default of −0.5 is 0.125, and the session's end is worth 0 units, 0.25.
    const last = 0.5 * 1 + 0.5 * 0.25;
    const firstReturn = 0.5 * ((1 + 0.125) / 2) + 0.5 * last;
    expect(rows.map(({ reward }) => reward)).toEqual([last, last, firstReturn, firstReturn]);
    const own = [1, 1, (1 + 0.125) / 2, (1 + 0.125) / 2];
    expect(rows.map(({ session }) => session?.decisionReward)).toEqual(own);
    const [newer, , older] = rows.map(({ session }) => session);
    expect(older!.next).toBe(newer!.decision);
    expect(newer).not.toHaveProperty("next");
  });

  test("have no session without a discount", async () => {
    const { engine, advance, read } = await open();
    await engine.recommend({ userId: ann });
    advance(600);
    const { rows } = await read();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).not.toHaveProperty("session");
  });

  test("are the positions of a decision, each among the candidates that were left", async () => {
    const { engine, advance, read } = await open();
    const { decision } = await engine.recommend({
      userId: ann,
      candidates: candidatesOf("i-0", "i-1", "i-2"),
      slateSize: 3,
    });
    const [first, second] = decision.slate;
    const common = { userId: ann, decisionId: decision.decisionId };
    await engine.record([
      { ...common, type: "buy", itemId: first! },
      { ...common, type: "click", itemId: second! },
    ]);
    advance(600);
    const { rows, users, decisions, newDecisions } = await read();
    expect([users, decisions, newDecisions]).toEqual([1, 1, 1]);
    expect(rows.map((row) => row.candidates.length)).toEqual([3, 2, 1]);
    expect(rows.map((row) => row.candidates[row.action]!.itemId)).toEqual(decision.slate);
    expect(rows.map((row) => row.position)).toEqual([0, 1, 2]);
    expect(rows.map((row) => row.propensity)).toEqual(decision.positionPropensities);
    // Reward 4 is clipped to 3, 1 stays, none is −0.5; the range −1…3 is mapped to 0…1.
    expect(rows.map((row) => row.reward)).toEqual([1, 0.5, 0.125]);
    expect(new Set(rows.map((row) => row.state)).size).toBe(1);
    const { policyVersion } = decision;
    expect(rows[0]).toMatchObject({ exploration: 0.1, arm: "serving", policyVersion, user: 0 });
  });

  test("have the profile of their own moment, not what came after", async () => {
    const { engine, advance, read } = await open();
    const click = (item: string) => ({
      type: "click",
      userId: ann,
      itemId: itemId(item),
      value: 2,
    });
    await engine.record([click("i-3")]);
    await engine.recommend({ userId: ann, context: { hour: 1 } });
    await engine.record([click("i-4")]);
    await engine.recommend({ userId: ann, context: { hour: 2 } });
    await engine.record([click("i-5")]);
    advance(600);
    const { rows } = await read();
    const histories = rows.filter((row) => row.position === 0).map((row) => row.state);
    // Newest first.
    expect(histories.map(({ profile }) => profile.itemIds)).toEqual([["i-3", "i-4"], ["i-3"]]);
    expect(histories.map(({ history }) => history.map((view) => view.itemId))).toEqual([
      ["i-3", "i-4"],
      ["i-3"],
    ]);
    expect(histories[1]!.profile.signals).toEqual([2 / 3]);
  });

  test("see one revision of an item as one view, and sent features as sent", async () => {
    const { engine, advance, read } = await open();
    const featured = { itemId: itemId("x"), features: { genre: "crime" } };
    await engine.recommend({ userId: ann, candidates: [...candidatesOf("i-0", "i-1"), featured] });
    await engine.recommend({ userId: ann, candidates: candidatesOf("i-0", "i-1") });
    advance(600);
    const { rows } = await read();
    const [newer, , older] = rows;
    expect(older!.candidates[0]).toBe(newer!.candidates[0]);
    expect(older!.candidates[2]!.tokens).toEqual(
      itemTokens({ categories: [], attributes: { genre: "crime" } }),
    );
  });

  test("see items as they were at the decision, not as they are when a cycle reads them", async () => {
    const { engine, advance, read } = await open();
    const sent = { userId: ann, candidates: candidatesOf("i-0", "i-1", "i-2") };
    await engine.record([{ type: "click", userId: ann, itemId: itemId("i-0") }]);
    await engine.recommend(sent);
    // An attribute that carries the outcome, a deletion and a withdrawal, all after the first decision.
    await engine.putItems([{ ...shopItems(1)[0]!, attributes: { sold: 1, year: 0 } }]);
    await engine.putItems([{ ...shopItems(3)[2]!, available: false }]);
    await engine.recommend({ ...sent, candidates: candidatesOf("i-0", "i-1") });
    await engine.deleteItem(itemId("i-1"));
    advance(600);
    const first = (await read()).rows.filter(({ position }) => position === 0);
    const [newer, older] = first;
    expect(older!.candidates.map(({ tokens }) => tokens)).toEqual(
      shopItems(3).map((item) => itemTokens(item)),
    );
    const sold = itemTokens({ categories: ["drama"], attributes: { sold: 1, year: 0 } });
    expect(newer!.candidates[0]!.tokens).toEqual(sold);
    expect(newer!.candidates[1]).toBe(older!.candidates[1]);
    expect(older!.state.history).toEqual([older!.candidates[0]]);
    expect(newer!.state.history).toEqual([newer!.candidates[0]]);
  });

  test("have signals by the reward rule of their decision", async () => {
    const { engine, store, advance, clock } = await open();
    await engine.record([{ type: "click", userId: ann, itemId: itemId("i-0") }]);
    await engine.recommend({ userId: ann });
    advance(600);
    const changed = { scenario: { reward: { ...rule, weights: { click: 2 } } } };
    const { rows } = await readFeedback({
      store,
      catalogueAsOf: createCatalogueAsOf(store.items, undefined),
      scenario: parseConfiguration(shopConfiguration(changed)).scenarios[0]!,
      now: clock(),
      plan: { read: 10, decisions: 10, cells: 100 },
      previous: 0,
      cycle: 1,
    });
    expect(rows[0]!.state.profile.signals).toEqual([1 / 3]);
  });

  test("of decisions whose window is open are not read", async () => {
    const { engine, advance, read } = await open();
    await engine.recommend({ userId: ann });
    advance(599);
    expect(await read()).toMatchObject({ rows: [], decisions: 0, newDecisions: 0 });
    advance(1);
    expect((await read()).decisions).toBe(1);
  });

  test("count what each item was shown and earned, in reward units", async () => {
    const { engine, advance, read } = await open();
    for (let turn = 0; turn < 3; turn++) {
      await engine.recommend({ userId: ann, candidates: candidatesOf("i-0", "i-1") });
      await engine.record([{ type: "click", userId: ann, itemId: itemId("i-0"), value: 2 }]);
      advance(600);
    }
    const { itemRewards } = await read();
    expect(itemRewards()).toEqual(
      new Map([
        ["i-0", { impressions: 3, weightSquares: 3, rewardSum: 6, rewardSquares: 12 }],
        ["i-1", { impressions: 3, weightSquares: 3, rewardSum: -1.5, rewardSquares: 0.75 }],
      ]),
    );
  });
});

test("what an item earned before it changed hardly counts, and the share that does not is known", async () => {
  const { engine, advance, read } = await open();
  for (let turn = 0; turn < 400; turn++) {
    await engine.recommend({ userId: ann, candidates: candidatesOf("i-0", "i-1") });
    const liked = itemId(turn < 200 === turn % 4 > 0 ? "i-0" : "i-1");
    await engine.record([{ type: "click", userId: ann, itemId: liked, value: 2 }]);
    advance(600);
  }
  const { itemRewards, outdated } = await read();
  const { impressions, rewardSum } = itemRewards().get(itemId("i-0"))!;
  expect(impressions).toBeLessThan(300);
  // Half of all its rewards were 2, the others −0.5; since the change a quarter.
  expect(rewardSum / impressions).toBeLessThan(0.5);
  expect(outdated).toBeGreaterThan(0.25);
  expect(outdated).toBeLessThan(0.55);
});

test("items that nobody viewed count for their policy, but are no impressions, and their rows say so", async () => {
  const viewed = { reward: { ...rule, viewedType: "view" } };
  const { engine, advance, read } = await open({ scenario: viewed });
  const candidates = candidatesOf("i-0", "i-1", "i-2");
  const { decision } = await engine.recommend({ userId: ann, candidates, slateSize: 3 });
  const [clicked, viewedItem, other] = decision.slate;
  await engine.record([
    { type: "click", userId: ann, itemId: clicked! },
    { type: "view", userId: ann, itemId: viewedItem! },
  ]);
  advance(600);
  const { rows, itemRewards, earned } = await read();
  expect(rows.map(({ isViewed }) => isViewed)).toEqual([true, true, false]);
  expect(itemRewards().get(viewedItem!)).toEqual({
    impressions: 1,
    weightSquares: 1,
    rewardSum: -0.5,
    rewardSquares: 0.25,
  });
  expect(itemRewards().has(other!)).toBe(false);
  expect(earned.serving?.rewards.toSorted()).toEqual([-0.5, -0.5, 1]);
});

describe("folds", () => {
  /** Decisions of many users, two each. */
  async function openMany() {
    const shop = await open({ scenario: { slateSize: 1 } });
    const visit = async (turns: number) => {
      for (let turn = 0; turn < turns; turn++)
        await shop.engine.recommend({ userId: userId(`user-${turn % 75}`) });
      shop.advance(600);
    };
    return { ...shop, visit };
  }

  const usersOf = (rows: readonly { fold: string; user: number }[], fold: string) =>
    new Set(rows.filter((row) => row.fold === fold).map((row) => row.user));

  test("of new feedback are halves that share no user", async () => {
    const { visit, read } = await openMany();
    await visit(150);
    const { rows } = await read();
    const halves = ["first", "second"].map((fold) => usersOf(rows, fold).size);
    expect(halves[0]! + halves[1]!).toBe(75);
    // 4 standard errors of a fair coin.
    expect(Math.abs(halves[0]! - 75 / 2)).toBeLessThan(4 * Math.sqrt(75 / 4));
  });

  test("are others in another cycle", async () => {
    const { visit, read } = await openMany();
    await visit(150);
    const halves = [];
    for (const cycle of [1, 2]) halves.push(usersOf((await read({ cycle })).rows, "first"));
    expect(halves[1]).not.toEqual(halves[0]);
    expect(usersOf((await read()).rows, "first")).toEqual(halves[0]);
  });

  test("older feedback is in no fold of the new and is older than a cycle, new feedback is younger", async () => {
    const { visit, read } = await openMany();
    await visit(100);
    const { throughSequence } = await read();
    await visit(50);
    const { rows, decisions, newDecisions } = await read({ previous: throughSequence, cycle: 2 });
    expect([decisions, newDecisions]).toEqual([150, 50]);
    const older = rows.filter((row) => row.age >= 1);
    expect(older.length).toBe(100);
    expect(older.every((row) => row.fold === "older")).toBe(true);
    expect(usersOf(rows, "older").size).toBeGreaterThan(0);
    expect(rows[0]!.age).toBe(0);
    expect(usersOf(rows, "second").size).toBeGreaterThan(0);
    // In decisions' worth of this cycle.
    expect(Math.max(...rows.map((row) => row.age))).toBeCloseTo(149 / 50, 12);
  });

  test("through which event number they go is where the next cycle starts", async () => {
    const { visit, read, store } = await openMany();
    expect((await read({ previous: 7 })).throughSequence).toBe(7);
    await visit(20);
    const { throughSequence } = await read();
    const [newest] = await store.decisions.recent(1);
    expect(throughSequence).toBe(newest!.sequence);
    expect((await read({ previous: throughSequence })).newDecisions).toBe(0);
  });
});

describe("of more decisions than may become rows", () => {
  /** As many decisions as clicks, each user's third one clicked on. */
  async function openOld(users: number) {
    const shop = await open({ scenario: { reward: { ...rule, defaultReward: 0 } } });
    const appended = Array.from({ length: 2300 }, (_, index) =>
      shop.store.decisions.append(
        sampleDecision(`old-${index}`, {
          userId: userId(`user-${index % users}`),
          arm: index % 2 === 0 ? "serving" : "canary",
          decidedAt: index,
          expiresAt: index + 1,
          candidates: candidatesOf("i-0", "i-1"),
          slate: [itemId("i-0")],
          positionPropensities: [0.5],
          slatePropensity: 0.5,
        }),
      ),
    );
    await Promise.all(appended);
    const sequenceOf = async (index: number) =>
      (await shop.store.decisions.find(decisionId(`old-${index}`)))!.sequence;
    return { ...shop, sequenceOf };
  }

  test("the newest older ones do", async () => {
    const { read, sequenceOf } = await openOld(230);
    const previous = await sequenceOf(2289);
    const { decisions, newDecisions, rows, kept, throughSequence, earned } = await read({
      decisions: 110,
      previous,
    });
    expect([decisions, newDecisions, kept, rows.length]).toEqual([110, 10, 110, 110]);
    expect(throughSequence).toBe(await sequenceOf(2299));
    expect(earned.serving?.rewards.length).toBe(5);
    expect(rows.map(({ age }) => age)).toEqual(rows.map((_, index) => index / 10));
  });

  test("those of a part of the users do where more are new, and all of them count", async () => {
    const { read, sequenceOf } = await openOld(230);
    const feedback = await read({ decisions: 460 });
    expect([feedback.decisions, feedback.newDecisions]).toEqual([2300, 2300]);
    expect(feedback.itemRewards().get(itemId("i-0"))?.impressions).toBe(2300);
    expect(feedback.earned.serving?.rewards.length).toBe(1150);
    expect(feedback.throughSequence).toBe(await sequenceOf(2299));
    // A fifth of the users, within 4 standard errors, each with all of its ten decisions.
    const { users, kept, rows } = feedback;
    expect(Math.abs(users - 46)).toBeLessThan(4 * Math.sqrt(230 * 0.2 * 0.8));
    expect(kept).toBe(Math.min(460, 10 * users));
    expect(rows.length).toBe(kept);
    // Ages are those of all decisions, not of the rows.
    expect(Math.max(...rows.map(({ age }) => age))).toBeGreaterThan(0.5);
    const other = await read({ decisions: 460, cycle: 2 });
    expect(other.rows.map(({ age }) => age)).not.toEqual(rows.map(({ age }) => age));
  });

  test("never more than those do, however few the users are", async () => {
    const { read } = await openOld(3);
    for (const cycle of [1, 2, 3, 4])
      expect((await read({ decisions: 100, cycle })).kept).toBeLessThanOrEqual(100);
  });
});
