import { expect, test } from "vitest";
import { startOfTests } from "../../../tests/support/engine.ts";
import { addCycles, sampleCycle } from "../../../tests/support/played-cycles.ts";
import { sampleDecision, sampleEvent } from "../../../tests/support/sample.ts";
import { openShop, shopConfiguration } from "../../../tests/support/shop.ts";
import { campaignId, itemId, userId } from "../../domain/ids.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { createRowParser, type RowKind } from "../import/row-schema.ts";
import { exportedSchema, momentOfExport } from "./exported-decision.ts";
import {
  campaignTable,
  cycleTable,
  decisionTable,
  edgeTable,
  eventTable,
  itemTable,
  userTable,
} from "./record-tables.ts";
import { chooseColumns, type RecordTable } from "./table.ts";
import { toJsonl } from "./write-text.ts";

const day = 86_400_000;
const [scenario] = parseConfiguration(shopConfiguration()).scenarios;

async function read({ rows }: RecordTable) {
  const all = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Lines of a table that `recurve import` takes. */
async function expectImportable(table: RecordTable, kind: RowKind) {
  const parse = createRowParser(kind, 10 * day);
  for await (const line of toJsonl(table))
    expect(parse(JSON.parse(line))).not.toHaveProperty("reason");
}

test("decisions are those of the scenario, the arm and the time, closed ones only", async () => {
  const { store } = await openShop();
  const decisions = [
    ["a", { decidedAt: 1 * day, arm: "serving" }],
    ["b", { decidedAt: 2 * day, arm: "canary" }],
    ["c", { decidedAt: 3 * day, arm: "serving" }],
    ["open", { decidedAt: 2 * day, arm: "serving", expiresAt: 99 * day }],
    ["other", { decidedAt: 2 * day, arm: "serving", scenario: "ads" }],
  ] as const;
  for (const [id, changes] of decisions)
    await store.decisions.append(
      sampleDecision(id, { scenario: "shop", expiresAt: 4 * day, ...changes }),
    );
  const idsOf = async (limits: object) => {
    const parts = { store, scenario: scenario!, now: 5 * day, range: {}, ...limits };
    return (await read(decisionTable(parts))).map(({ decisionId }) => decisionId);
  };
  expect(await idsOf({})).toEqual(["a", "b", "c"]);
  expect(await idsOf({ arm: "serving" })).toEqual(["a", "c"]);
  expect(await idsOf({ range: { from: 2 * day, to: 3 * day } })).toEqual(["b"]);
  expect(await idsOf({ range: { from: 2 * day }, arm: "serving" })).toEqual(["c"]);
});

test("a decision's columns are all its fields", async () => {
  const { store, engine, advance, clock } = await openShop();
  const request = { userId: userId("ann"), context: { hour: 3 }, deferred: true };
  const { decision } = await engine.recommend(request);
  advance(60);
  await engine.activateDecision(decision.decisionId);
  advance(3600);
  const table = decisionTable({ store, scenario: scenario!, now: clock(), range: {} });
  const [row] = await read(table);
  expect(Object.keys(table.columns)).toEqual(expect.arrayContaining(Object.keys(row!)));
  const times = { decidedAt: "2026-03-01T12:01:00.000Z", drawnAt: "2026-03-01T12:00:00.000Z" };
  expect(row).toMatchObject(times);
  // Features hold as of the draw, and those of a decision that was not deferred as of itself.
  const exported = exportedSchema.parse(row);
  expect(momentOfExport(exported)).toMatchObject({ drawnAt: startOfTests });
  const { drawnAt: _, ...atOnce } = exported;
  expect(momentOfExport(atOnce)).toMatchObject({ drawnAt: startOfTests + 60_000 });
});

test("events come in their order, within a time, pages and all, and can be imported", async () => {
  const { store } = await openShop();
  const events = Array.from({ length: 2100 }, (_, index) =>
    sampleEvent({ eventId: `e-${index}`, value: index, occurredAt: index < 2000 ? day : 2 * day }),
  );
  await store.events.record(events.map((event) => ({ event })));
  const rows = await read(eventTable(store, {}));
  expect(rows.map(({ value }) => value)).toEqual(events.map(({ value }) => value));
  expect(await read(eventTable(store, { from: 2 * day }))).toHaveLength(100);
  const columns = ["type", "userId", "itemId", "value", "occurredAt"];
  await expectImportable(chooseColumns(eventTable(store, { from: 2 * day }), columns), "events");
});

test("items and users come by id as they are now, and can be imported", async () => {
  const { store, engine } = await openShop({ items: 3 });
  await engine.putUsers([{ userId: userId("ann"), attributes: { city: "Graz" } }]);
  await engine.putItems(
    [{ ...(await engine.findItem(itemId("i-1")))!, available: false }].map(
      ({ sequence: _, ...item }) => item,
    ),
  );
  const items = await read(itemTable(store));
  expect(items.map(({ itemId: id, available }) => [id, available])).toEqual([
    ["i-0", true],
    ["i-1", false],
    ["i-2", true],
  ]);
  const columns = ["itemId", "categories", "attributes", "available"];
  await expectImportable(chooseColumns(itemTable(store), columns), "items");
  expect(await read(userTable(store))).toMatchObject([
    { userId: "ann", attributes: { city: "Graz" } },
  ]);
  await expectImportable(chooseColumns(userTable(store), ["userId", "attributes"]), "users");
});

test("edges that hold come by user, friends once, and can be imported", async () => {
  const { store } = await openShop({ items: 1 });
  const edge = (user: string, type: "follow" | "friend", to: string) =>
    ({ userId: userId(user), type, to }) as const;
  const fans = Array.from({ length: 1001 }, (_, index) =>
    edge(`fan-${String(index).padStart(4, "0")}`, "follow", "star"),
  );
  await store.edges.put([edge("zoe", "friend", "ann"), edge("ann", "follow", "zoe"), ...fans]);
  await store.edges.put([edge("bob", "follow", "ann")]);
  await store.edges.delete(edge("bob", "follow", "ann"));
  const rows = await read(edgeTable(store));
  const keys = rows.map(({ userId: user, type, to }) => [user, type, to]);
  expect(keys.slice(0, 2)).toEqual([
    ["ann", "follow", "zoe"],
    ["ann", "friend", "zoe"],
  ]);
  expect(keys.slice(2)).toEqual(fans.map(({ userId: user, type, to }) => [user, type, to]));
  expect(await store.edges.count()).toBe(1003);
  await expectImportable(chooseColumns(edgeTable(store), ["userId", "type", "to"]), "edges");
});

test("campaigns come by id as they are now, and can be imported", async () => {
  const { store } = await openShop({ items: 1 });
  const campaign = { scenario: "shop", pays: "click", bid: 0.5 };
  const spring = {
    ...campaign,
    campaignId: campaignId("spring"),
    budget: { day: 20 },
    endsAt: 9 * day,
    frequencyCap: { showings: 3, hours: 24 },
  };
  await store.campaigns.put([spring, { ...campaign, campaignId: campaignId("open") }]);
  const rows = await read(campaignTable(store));
  expect(rows).toMatchObject([
    { ...campaign, campaignId: "open" },
    { ...spring, endsAt: new Date(9 * day).toISOString() },
  ]);
  const { columns } = campaignTable(store);
  const names = Object.keys(columns).filter((name) => name !== "sequence");
  await expectImportable(chooseColumns(campaignTable(store), names), "campaigns");
});

test("cycles come oldest first, of a scenario or all, with their records", async () => {
  const { store } = await openShop();
  await addCycles(store, sampleCycle(), sampleCycle({ scenario: "ads", finishedAt: 5 }));
  const all = await read(cycleTable(store, { range: {} }));
  expect(all.map(({ cycle, scenario }) => [cycle, scenario])).toEqual([
    [1, "shop"],
    [2, "ads"],
  ]);
  expect(all[0]).toMatchObject({ finishedAt: "2023-11-14T22:14:20.000Z", record: { seed: 1 } });
  expect(await read(cycleTable(store, { scenario: "shop", range: {} }))).toHaveLength(1);
  expect(await read(cycleTable(store, { range: { to: 6 } }))).toHaveLength(1);
});
