import { describe, expect, test } from "vitest";
import { ann, candidatesOf, openShop } from "../../../tests/support/shop.ts";
import { decisionId, itemId, userId } from "../../domain/ids.ts";
import type { EventInput } from "../input/input.ts";

/** A shop in which ann was shown i-0 and i-1, in some order, as d-1. */
async function openVisited(reward: object = {}) {
  const rule = { weights: { click: 1, buy: 4 }, windowSeconds: 600, graceSeconds: 0, maximum: 5 };
  const shop = await openShop({ scenario: { reward: { ...rule, ...reward } } });
  const { decision } = await shop.engine.recommend({
    userId: ann,
    candidates: candidatesOf("i-0", "i-1"),
  });
  const rewards = async () => (await shop.store.decisions.find(decision.decisionId))?.rewards;
  return { ...shop, decision, rewards };
}

const event = (changes: Partial<EventInput> = {}): EventInput => ({
  type: "click",
  userId: ann,
  itemId: itemId("i-0"),
  ...changes,
});
const named = (changes: Partial<EventInput> = {}) =>
  event({ decisionId: decisionId("d-1"), ...changes });

describe("an event on a shown item", () => {
  test("by decision id brings its weight times its value to its position, and counts once", async () => {
    const { engine, decision, rewards } = await openVisited();
    const { outcomes, counts } = await engine.record([named({ type: "buy", value: 0.5 })]);
    expect(outcomes).toEqual(["rewarded"]);
    expect(counts).toEqual({ rewarded: 1, recorded: 0, late: 0, duplicate: 0, deferred: 0 });
    expect(await rewards()).toEqual(
      decision.slate.map((shown) => (shown === "i-0" ? 4 * 0.5 : undefined)),
    );
  });

  test("without decision id is attributed by user and item", async () => {
    const { engine, decision, rewards } = await openVisited();
    expect((await engine.record([event()])).outcomes).toEqual(["rewarded"]);
    expect(await rewards()).toEqual(decision.slate.map((s) => (s === "i-0" ? 1 : undefined)));
  });

  test("goes to the newest open decision that showed the item", async () => {
    const { engine, store, advance, rewards } = await openVisited();
    advance(1);
    const second = await engine.recommend({ userId: ann, candidates: candidatesOf("i-0", "i-2") });
    await engine.record([event()]);
    const { decision } = second;
    const newest = await store.decisions.find(decision.decisionId);
    expect(newest?.rewards[decision.slate.indexOf(itemId("i-0"))]).toBe(1);
    expect(await rewards()).toEqual([undefined, undefined]);
  });

  test.each([
    ["by default the last of a type counts", {}, 0.5 + 4 * 2],
    ["by rule all of a type count", { click: "sum" }, 3.5 + 4 * 2],
    ["by rule the one with the highest reward counts", { buy: "maximum" }, 0.5 + 4 * 5],
  ])("of several types adds up, and %s", async (_, repeats, expected) => {
    const { engine, decision, rewards, store } = await openVisited({ maximum: 30, repeats });
    const { outcomes } = await engine.record([
      named({ value: 3 }),
      named({ type: "buy", value: 5 }),
      named({ value: 0.5 }),
      event({ type: "buy", value: 2 }),
    ]);
    expect(outcomes).toEqual(["rewarded", "rewarded", "rewarded", "rewarded"]);
    expect(await rewards()).toEqual(
      decision.slate.map((s) => (s === "i-0" ? expected : undefined)),
    );
    expect(await store.events.count()).toBe(4);
  });

  test("sent again under its id is a duplicate and changes nothing", async () => {
    const { engine, store, rewards } = await openVisited();
    await engine.record([named({ eventId: "e-1" })]);
    const [before, sequence] = [await rewards(), await store.sequence()];
    const again = named({ eventId: "e-1", type: "buy", value: 100 });
    const { outcomes, counts } = await engine.record([again]);
    expect(outcomes).toEqual(["duplicate"]);
    expect(counts.duplicate).toBe(1);
    expect(await rewards()).toEqual(before);
    expect(await store.sequence()).toBe(sequence);
  });

  test.each(["glance", "constructor"])(
    "of a type without weight, such as %s, is behaviour, not reward",
    async (type) => {
      const { engine, rewards, store } = await openVisited();
      expect((await engine.record([named({ type })])).outcomes).toEqual(["recorded"]);
      expect(await rewards()).toEqual([undefined, undefined]);
      expect(await store.events.count()).toBe(1);
    },
  );

  test("by another user is behaviour of that user", async () => {
    const { engine, rewards } = await openVisited();
    const { outcomes } = await engine.record([event({ userId: userId("bob") })]);
    expect(outcomes).toEqual(["recorded"]);
    expect(await rewards()).toEqual([undefined, undefined]);
  });
});

describe("the reward window", () => {
  test("is open to its last moment, and closed from then on", async () => {
    const { engine, advance, rewards } = await openVisited();
    advance(599);
    expect((await engine.record([named()])).outcomes).toEqual(["rewarded"]);
    advance(1);
    const before = await rewards();
    const { outcomes, counts } = await engine.record([named({ type: "buy" })]);
    expect(outcomes).toEqual(["late"]);
    expect(counts.late).toBe(1);
    expect(await rewards()).toEqual(before);
  });

  test("an event after it without decision id is behaviour", async () => {
    const { engine, advance, store } = await openVisited();
    advance(600);
    expect((await engine.record([event()])).outcomes).toEqual(["recorded"]);
    const history = await store.events.history(ann, { asOf: 100, limit: 10 });
    expect(history.map(({ itemId: id }) => id)).toEqual(["i-0"]);
  });

  test("an event that says it occurred inside it does not open it again", async () => {
    const { engine, advance, clock } = await openVisited();
    const occurredAt = clock();
    advance(600);
    expect((await engine.record([named({ occurredAt })])).outcomes).toEqual(["late"]);
  });
});

describe("an event that says that an item was viewed", () => {
  const view = named({ type: "view" });
  const viewed = { viewedType: "view" };

  test("marks its position of an open decision, and is neither reward nor behaviour", async () => {
    const { engine, store, decision, rewards } = await openVisited(viewed);
    const { outcomes, warnings } = await engine.record([view, view, event({ type: "view" })]);
    expect(outcomes).toEqual(["recorded", "duplicate", "duplicate"]);
    expect(warnings).toBeUndefined();
    expect(await rewards()).toEqual([undefined, undefined]);
    const found = await store.decisions.find(decision.decisionId);
    expect(found?.viewed).toEqual([decision.slate.indexOf(itemId("i-0"))]);
    expect(await store.events.count()).toBe(0);
  });

  test("marks nothing after the window, nor on a decision whose rule named no such type", async () => {
    const { engine, store, decision, advance } = await openVisited(viewed);
    const { viewedType: _, ...rewardRule } = decision.rewardRule!;
    const old = { ...decision, decisionId: decisionId("old"), rewardRule };
    await store.decisions.append(old);
    const onOld = { ...view, decisionId: old.decisionId };
    expect((await engine.record([onOld])).outcomes).toEqual(["recorded"]);
    advance(600);
    expect((await engine.record([view])).outcomes).toEqual(["late"]);
    const both = [decision, old].map((one) => one.decisionId);
    const found = await Promise.all(both.map(store.decisions.find));
    expect(found.map((one) => one?.viewed)).toEqual([undefined, undefined]);
  });
});

describe("the grace period", () => {
  const grace = { graceSeconds: 60 };
  /** A window of 600 s and a grace period of 60 s, `seconds` after the decision. */
  const openLater = async (seconds: number) => {
    const visited = await openVisited(grace);
    const decidedAt = visited.clock();
    visited.advance(seconds);
    const at = (second: number) => ({ occurredAt: decidedAt + 1000 * second });
    return { ...visited, at };
  };

  test("takes what occurred in the window, up to the close that the decision states", async () => {
    const { engine, decision, at, advance } = await openLater(659);
    expect(decision.expiresAt - decision.decidedAt).toBe(660_000);
    const occurred = [599.999, 600, 0].map((second) => named(at(second)));
    const types = ["click", "buy", "buy"] as const;
    const sent = occurred.map((one, index) => ({ ...one, type: types[index]! }));
    expect((await engine.record(sent)).outcomes).toEqual(["rewarded", "late", "rewarded"]);
    advance(1);
    expect((await engine.record([named(at(1))])).outcomes).toEqual(["late"]);
  });

  test("of a decision before there was one is none, whatever the configuration says now", async () => {
    const { engine, store, decision, at } = await openLater(599);
    const { graceSeconds: _, ...rewardRule } = decision.rewardRule!;
    const old = { ...decision, decisionId: decisionId("old"), rewardRule };
    await store.decisions.append({ ...old, expiresAt: decision.decidedAt + 600_000 });
    const on = (second: number) => ({ ...event(at(second)), decisionId: old.decisionId });
    expect((await engine.record([on(599)])).outcomes).toEqual(["rewarded"]);
  });

  test("a time in the future is the time of arrival, also without decision id", async () => {
    const { engine, at, advance } = await openLater(599);
    const { outcomes } = await engine.record([
      named({ ...at(5000), type: "buy" }),
      event(at(5000)),
    ]);
    expect(outcomes).toEqual(["rewarded", "rewarded"]);
    advance(1);
    expect((await engine.record([named(at(5000))])).outcomes).toEqual(["late"]);
  });

  test("a time before the decision counts by decision id, else it belongs to an earlier decision or none", async () => {
    const { engine, store, at, rewards } = await openLater(10);
    const second = await engine.recommend({ userId: ann, candidates: candidatesOf("i-0", "i-1") });
    const { outcomes } = await engine.record([
      event({ ...at(-1) }),
      event({ ...at(9), type: "buy" }),
      named({ ...at(-1) }),
    ]);
    expect(outcomes).toEqual(["recorded", "rewarded", "rewarded"]);
    expect((await rewards())?.toSorted()).toEqual([5, undefined]);
    const newer = await store.decisions.find(second.decision.decisionId);
    expect(newer?.rewards).toEqual([undefined, undefined]);
  });
});

describe("an event is completed:", () => {
  test("its value is 1 and its time is now, where it has none or one of the future", async () => {
    const { engine, store, clock } = await openShop();
    const ahead = { value: 2, occurredAt: clock() + 1 };
    await engine.record([event(), event({ value: -2.5, occurredAt: 7 }), event(ahead)]);
    const history = await store.events.history(ann, { asOf: 100, limit: 10 });
    expect(history.map(({ value, occurredAt }) => [value, occurredAt])).toEqual([
      [1, clock()],
      [-2.5, 7],
      [2, clock()],
    ]);
  });

  test("an unknown user and an unknown item are behaviour like any other", async () => {
    const { engine } = await openShop();
    const { outcomes } = await engine.record([
      event({ userId: userId("nobody"), itemId: itemId("nothing") }),
    ]);
    expect(outcomes).toEqual(["recorded"]);
  });

  test("no events are no outcomes", async () => {
    const { engine } = await openShop();
    expect(await engine.record([])).toEqual({
      outcomes: [],
      counts: { rewarded: 0, recorded: 0, late: 0, duplicate: 0, deferred: 0 },
    });
  });
});

describe("one event that can't be taken takes the whole batch with it:", () => {
  test.each([
    [
      "a decision that was never made",
      named({ decisionId: decisionId("d-9") }),
      { code: "unknown_decision", details: { field: "events[1].decisionId", value: "d-9" } },
    ],
    [
      "a decision of another user",
      named({ userId: userId("bob") }),
      { code: "invalid_request", details: { field: "events[1].userId", value: "bob" } },
    ],
    [
      "an item that the decision did not show",
      named({ itemId: itemId("i-5") }),
      { code: "invalid_request", details: { field: "events[1].itemId", value: "i-5" } },
    ],
    [
      "a value that is no number",
      event({ value: Number.NaN }),
      { code: "invalid_request", details: { field: "events[1].value" } },
    ],
    [
      "a value without end",
      event({ value: Number.POSITIVE_INFINITY }),
      { code: "invalid_request", message: expect.stringContaining("Infinity") as string },
    ],
    [
      "a value whose reward has no end",
      named({ type: "buy", value: Number.MAX_VALUE }),
      { code: "invalid_request", details: { field: "events[1].value", value: Number.MAX_VALUE } },
    ],
    [
      "a time that is none",
      event({ occurredAt: Number.NaN }),
      { code: "invalid_request", details: { field: "events[1].occurredAt" } },
    ],
    [
      "a time between milliseconds",
      event({ occurredAt: 1.5 }),
      { code: "invalid_request", details: { field: "events[1].occurredAt" } },
    ],
    ["a time beyond all dates", event({ occurredAt: 1e300 }), { code: "invalid_request" }],
  ])("%s", async (_, bad, error) => {
    const { engine, store, rewards } = await openVisited();
    const before = await store.sequence();
    await expect(engine.record([named(), bad, event()])).rejects.toMatchObject(error);
    expect(await store.sequence()).toBe(before);
    expect(await rewards()).toEqual([undefined, undefined]);
  });
});

test("a decision of a scenario that was taken out of the configuration has no reward any more", async () => {
  const { engine, store } = await openShop();
  const { decision } = await engine.recommend({ userId: ann });
  const gone = { ...decision, decisionId: decisionId("old"), scenario: "gone" };
  await store.decisions.append(gone);
  const { outcomes } = await engine.record([
    { type: "click", userId: ann, itemId: gone.slate[0]!, decisionId: gone.decisionId },
  ]);
  expect(outcomes).toEqual(["recorded"]);
});
