import fc from "fast-check";
import { expect, test } from "vitest";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import { lastEventsOfUser } from "../../src/storage/event-store.ts";
import { sampleDecision, sampleEvent, sampleReward } from "../support/sample.ts";
import type { OpenStore } from "../support/store.ts";

const ann = userId("ann");
const all = { asOf: Number.MAX_SAFE_INTEGER, limit: 1000 };

export function testEvents(open: OpenStore): void {
  test("a history is the user's own, oldest first, bounded to the newest and as of a number", async () => {
    const store = await open();
    const items = ["a", "b", "a", "c"].map(itemId);
    await store.events.record(
      items.map((item, index) => ({ event: sampleEvent({ itemId: item, occurredAt: 9 - index }) })),
    );
    await store.events.record([{ event: sampleEvent({ userId: userId("bob") }) }]);
    const entry = (sequence: number) => ({
      sequence,
      itemId: items[sequence - 1],
      type: "click",
      value: 1,
      occurredAt: 10 - sequence,
    });
    expect(await store.events.history(ann, all)).toEqual([1, 2, 3, 4].map(entry));
    expect(await store.events.history(ann, { ...all, limit: 2 })).toEqual([3, 4].map(entry));
    expect(await store.events.history(ann, { asOf: 3, limit: 2 })).toEqual([2, 3].map(entry));
    expect(await store.events.history(ann, { asOf: 0, limit: 2 })).toEqual([]);
    expect(await store.events.history(userId("cid"), all)).toEqual([]);
    await store.close();
  });

  test("the last event with each item is the user's, up to the number, of the types, after the time", async () => {
    const store = await open();
    const events = ["a", "b", "a"].map((item, index) => ({
      event: sampleEvent({
        itemId: itemId(item),
        occurredAt: 10 * (index + 1),
        type: item === "b" ? "buy" : "click",
      }),
    }));
    await store.events.record(events);
    const last = async (options: { asOf: number; types?: readonly string[]; since?: number }) =>
      Object.fromEntries(await store.events.lastEvents(ann, options));
    expect(await last({ asOf: 1 })).toEqual({ a: 10 });
    expect(await last({ asOf: 3 })).toEqual({ a: 30, b: 20 });
    expect(await last({ asOf: 3, since: 20 })).toEqual({ a: 30 });
    expect(await last({ asOf: 3, types: ["buy", "like"] })).toEqual({ b: 20 });
    expect(await store.events.lastEvents(userId("bob"), { asOf: 3 })).toEqual(new Map());
    await store.close();
  });

  test("of a user with many events the last ones are among the newest", async () => {
    const store = await open();
    const click = (item: string) => ({ event: sampleEvent({ itemId: itemId(item) }) });
    const rows = (count: number) => Array.from({ length: count }, () => click("often"));
    await store.events.record([click("once"), ...rows(lastEventsOfUser - 1)]);
    const items = async (asOf: number, types?: readonly string[]) =>
      new Set((await store.events.lastEvents(ann, { asOf, types })).keys());
    const asOf = await store.sequence();
    expect(await items(asOf)).toEqual(new Set(["often", "once"]));
    await store.events.record([click("often")]);
    expect(await items(asOf + 1)).toEqual(new Set(["often"]));
    expect(await items(asOf + 1, ["click"])).toEqual(new Set(["often"]));
    // As of a moment those before it count.
    expect(await items(asOf)).toEqual(new Set(["often", "once"]));
    await store.close();
  });

  test("a scan pages through every event in order of its number", async () => {
    const store = await open();
    const users = ["ann", "bob", "ann", "cid", "bob"].map(userId);
    await store.events.record(users.map((user) => ({ event: sampleEvent({ userId: user }) })));
    const first = await store.events.scan({ after: 0, limit: 3 });
    const rest = await store.events.scan({ after: 3, limit: 3 });
    expect([...first, ...rest].map((row) => row.userId)).toEqual(users);
    expect([...first, ...rest].map((row) => row.sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(await store.events.scan({ after: 5, limit: 3 })).toEqual([]);
    await store.close();
  });

  test("a known event id is a duplicate within a call and after it; events without id never are", async () => {
    const store = await open();
    const named = (eventId: string) => ({ event: sampleEvent({ eventId }) });
    const outcomes = await store.events.record([named("1"), named("2"), named("1")]);
    expect(outcomes).toEqual(["stored", "stored", "duplicate"]);
    expect(await store.events.record([named("2"), named("3")])).toEqual(["duplicate", "stored"]);
    const plain = { event: sampleEvent() };
    expect(await store.events.record([plain, plain])).toEqual(["stored", "stored"]);
    expect(await store.events.count()).toBe(5);
    expect(await store.sequence()).toBe(5);
    await store.close();
  });

  test.each([
    ["last", [3, 5, 2], 2],
    ["sum", [3, 5, 2], 10],
    ["maximum", [3, 5, 2], 5],
    ["maximum", [-3, -5], -3],
    ["sum", [Number.MAX_VALUE, Number.MAX_VALUE], Number.MAX_VALUE],
    ["sum", [-Number.MAX_VALUE, -Number.MAX_VALUE], -Number.MAX_VALUE],
  ] as const)(
    "rewards of one type for a position join by the rule %s: %j",
    async (repeats, values, joined) => {
      const store = await open();
      await store.decisions.append(sampleDecision("d", { slate: ["a", "b"].map(itemId) }));
      for (const value of values)
        expect(await store.events.record([sampleReward("d", { value, repeats })])).toEqual([
          "stored",
        ]);
      await store.events.record([
        sampleReward("d", { position: 1, type: "buy", value: 7, repeats }),
      ]);
      expect(await store.events.count()).toBe(values.length + 1);
      expect(await store.decisions.find(decisionId("d"))).toMatchObject({ rewards: [joined, 7] });
      await store.close();
    },
  );

  test("a viewed position is known once, brings no reward and is no behaviour", async () => {
    const store = await open();
    await store.decisions.append(sampleDecision("d"));
    await store.decisions.append(sampleDecision("other"));
    const view = (position: number) => ({
      event: sampleEvent({ type: "view" }),
      viewed: { decisionId: decisionId("d"), position },
    });
    const sequence = await store.sequence();
    expect(await store.events.record([view(1), view(1)])).toEqual(["stored", "duplicate"]);
    expect(await store.events.count()).toBe(0);
    expect(await store.sequence()).toBe(sequence);
    const [first, second] = await store.decisions.feedback({
      scenario: "shop",
      after: 0,
      closedBefore: 9999,
      limit: 9,
    });
    expect(first).toMatchObject({ viewed: [1], rewards: [undefined, undefined] });
    expect(second?.viewed).toBeUndefined();
    await store.close();
  });

  test("rewards of several types for a position add up", async () => {
    const store = await open();
    await store.decisions.append(sampleDecision("d"));
    await store.events.record([
      sampleReward("d", { value: 1 }),
      sampleReward("d", { type: "buy", value: 2 }),
    ]);
    expect(await store.decisions.find(decisionId("d"))).toMatchObject({ rewards: [3, undefined] });
    await store.close();
  });

  test("an event id that is known keeps the reward of its row out as well", async () => {
    const store = await open();
    await store.decisions.append(sampleDecision("d"));
    await store.events.record([{ event: sampleEvent({ eventId: "1" }) }]);
    const row = sampleReward("d");
    const repeated = { ...row, event: { ...row.event, eventId: "1" } };
    expect(await store.events.record([repeated])).toEqual(["duplicate"]);
    expect(await store.decisions.find(decisionId("d"))).toMatchObject({
      rewards: [undefined, undefined],
    });
    await store.close();
  });

  test("a row that cannot be stored takes the whole call back", async () => {
    const store = await open();
    const good = { event: sampleEvent() };
    await expect(store.events.record([good, sampleReward("nowhere")])).rejects.toMatchObject({
      code: "unknown_decision",
      details: { decisionId: "nowhere" },
    });
    await expect(
      store.events.record([good, { event: sampleEvent({ value: Number.NaN }) }]),
    ).rejects.toThrow();
    expect(await store.events.count()).toBe(0);
    expect(await store.sequence()).toBe(0);
    expect(await store.events.record([good])).toEqual(["stored"]);
    expect(await store.sequence()).toBe(1);
    await store.close();
  });

  test("values and times come back bit for bit", async () => {
    const store = await open();
    const value = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((x) => !Object.is(x, -0));
    await fc.assert(
      fc.asyncProperty(value, fc.maxSafeInteger(), async (sent, occurredAt) => {
        await store.events.record([{ event: sampleEvent({ value: sent, occurredAt }) }]);
        const [entry] = await store.events.history(ann, { ...all, limit: 1 });
        expect(entry?.value).toBe(sent);
        expect(entry?.occurredAt).toBe(occurredAt);
      }),
      { seed: 2, numRuns: 40 },
    );
    await store.close();
  });
}
