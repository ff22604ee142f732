import { expect, test } from "vitest";
import { openPeopledShop, others, person } from "../../../tests/support/erased-shop.ts";
import { sampleEvent, sampleItem, sampleUser } from "../../../tests/support/sample.ts";
import { assign, shopSnapshot } from "../../../tests/support/shop.ts";
import { itemId, userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { prune } from "./prune.ts";

const day = 86_400;

/** Visits ten days ago and now. */
async function openAged(retention: object) {
  const shop = await openPeopledShop({ rest: { privacy: { retention } } });
  await shop.visit(3);
  shop.advance(10 * day);
  const sweep = (options = {}) => prune({ ...shop, ...options });
  return { ...shop, sweep };
}

test("without retention nothing is removed", async () => {
  const { sweep, store } = await openAged({});
  const before = await store.sequence();
  expect(Object.values(await sweep()).every((count) => count === 0)).toBe(true);
  expect(await store.sequence()).toBe(before);
});

test("events are kept by their type, and others by the default", async () => {
  const { sweep, store, clock } = await openAged({ eventDays: { click: 5, default: 20 } });
  const long = { type: "toString", occurredAt: clock() - 30 * day * 1000 };
  const kept = { type: "buy", occurredAt: clock() - 15 * day * 1000 };
  await store.events.record([{ event: sampleEvent(long) }, { event: sampleEvent(kept) }]);
  // More than a page.
  const fresh = Array.from({ length: 700 }, () => ({
    event: sampleEvent({ occurredAt: clock() - 4 * day * 1000 }),
  }));
  await store.events.record(fresh);
  expect(await sweep()).toMatchObject({ events: 3 * 4 + 1, decisions: 0 });
  expect(await store.events.count()).toBe(701);
});

test("decisions go with their rewards from the start of each scenario; the audit counts them and finds nothing", async () => {
  const { sweep, store, visit, run, engine } = await openAged({
    decisionDays: 5,
    eventDays: { default: 5 },
  });
  await visit(2);
  expect((await run()).notDerivable.retention).toBe(0);
  expect(await sweep()).toMatchObject({ decisions: 12, events: 12 });
  expect(await store.decisions.count()).toBe(8);
  expect(await store.retention.prunedDecisions("shop")).toBe(12);
  const report = await run();
  expect(report).toMatchObject({ decisions: 8, findings: [] });
  expect(report.removed).toEqual([
    {
      kind: "retention",
      removals: 1,
      rows: expect.objectContaining({ decisions: 12, events: 12 }),
    },
  ]);
  // Histories of before are gone, so that those decisions can't be derived, and are named.
  expect(report.notDerivable.retention).toBeGreaterThan(0);
  expect(report.notDerivableIds).toHaveLength(report.notDerivable.retention);
  await engine.recommend({ userId: person });
  expect((await run()).notDerivable).toEqual(report.notDerivable);
});

test("rows that only removed decisions read go with them: revisions, edges that ended, snapshots and encoders", async () => {
  const { sweep, store, engine, visit, run } = await openAged({ decisionDays: 5 });
  const ann = "user-1";
  await engine.putUsers([sampleUser(ann, { note: "new" })]);
  await engine.putItems([sampleItem("i-0", { categories: ["new"] })]);
  await engine.deleteEdge({ userId: "user-2", type: "follow", to: person });
  const old = (await store.policies.assignment("shop")).serving!;
  await assign(store, { serving: shopSnapshot(2) });
  await assign(store, { serving: shopSnapshot(3) });
  await visit(1);
  const created = (await store.items.changes({ after: 0, asOf: await store.sequence() })).find(
    ({ itemId: id }) => id === "i-0",
  )!.created;
  const swept = await sweep();
  expect(swept).toMatchObject({ users: 1, edges: 2, snapshots: expect.any(Number) });
  expect(swept.snapshots).toBeGreaterThan(0);
  expect(await store.policies.bytes(old)).toBeUndefined();
  expect(await store.policies.find(old)).toMatchObject({ version: old });
  expect(await store.users.find(userId(ann))).toMatchObject({ attributes: { note: "new" } });
  const item = (await store.items.changes({ after: 0, asOf: await store.sequence() })).find(
    ({ itemId: id }) => id === "i-0",
  );
  expect(item).toMatchObject({ created, item: { categories: ["new"] } });
  expect((await run()).findings).toEqual([]);
  expect((await engine.findItem(itemId("i-1")))?.itemId).toBe("i-1");
  expect((await engine.recommend({ userId: others[1]! })).fallback).toBeUndefined();
});

test("records of cycles go after their time, the newest fifty excepted", async () => {
  const { sweep, store, clock } = await openAged({ cycleDays: 5 });
  const finishedAt = clock() - 9 * day * 1000;
  for (let cycle = 0; cycle < 53; cycle++)
    await store.policies.apply({
      cycle: () => ({
        scenario: "shop",
        outcome: "hold",
        reason: "sample",
        record: {},
        startedAt: finishedAt,
        finishedAt,
        throughSequence: 0,
      }),
    });
  expect(await sweep()).toMatchObject({ cycles: 3 });
  expect(await store.cycles.list({ limit: 100 })).toHaveLength(50);
});

test("a sweep ends after a page, and free pages go back to the disk", async () => {
  const { sweep, store, clock } = await openAged({ eventDays: { default: 1 } });
  const old = Array.from({ length: 4000 }, (_, index) => ({
    event: sampleEvent({ eventId: `event-${index}`, occurredAt: clock() - 9 * day * 1000 }),
  }));
  await store.events.record(old);
  const before = await store.sizeBytes();
  const stop = new AbortController();
  const first = await sweep({ signal: stop.signal, onProgress: () => stop.abort() });
  expect(first.events).toBeLessThan(1000);
  await sweep();
  expect(await store.events.count()).toBe(0);
  expect(await store.sizeBytes()).toBeLessThan(before - 200_000);
});

test("decisions can't be removed while they are open", () => {
  const reward = { weights: { click: 1 }, windowSeconds: 2 * day, maximum: 1 };
  const scenarios = [{ name: "shop", slateSize: 1, excludeSeen: false, reward }];
  expect(() =>
    parseConfiguration({ scenarios, privacy: { retention: { decisionDays: 1 } } }),
  ).toThrow("privacy.retention.decisionDays");
});
