import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  filesWith,
  manyEvents,
  openPeopledShop,
  others,
  person,
} from "../../../tests/support/erased-shop.ts";
import { sampleDecision } from "../../../tests/support/sample.ts";
import { decisionId, itemId, userId } from "../../domain/ids.ts";
import { openStore } from "../open-store.ts";
import { continueErasures, eraseUser } from "./erase-user.ts";

const user = userId(person);
const visits = 6;

test("after an erasure no file has the user's id or events, and the others' rows are as before", async () => {
  const { engine, store, path, visit, clock } = await openPeopledShop();
  await visit(visits);
  // So many that tables and indexes split and join pages.
  await store.events.record(manyEvents(person, 3000));
  await store.events.record(manyEvents("other", 3000));
  await store.reactions.record([
    {
      overwrites: true,
      reaction: {
        userId: user,
        itemId: itemId("i-1"),
        type: "like",
        value: 1,
        occurredAt: clock(),
        updatedAt: clock(),
        isPending: false,
        notes: {},
      },
    },
  ]);
  const deferred = { decisions: [{ ...sampleDecision("rank"), userId: user }], rewards: [] };
  await store.documents.put({ kind: "deferred", id: "rank" }, deferred as never, { now: clock() });
  await store.documents.put({ kind: "deferred", id: "kept" }, { decisions: [] }, { now: clock() });
  const { default: Database } = await import("libsql");
  const file = new Database(path);
  file.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  file.close();
  await engine.putUsers([{ userId: person, attributes: { note: person } }]);
  expect(filesWith(path, person)).toEqual(["", "-wal"]);

  const receipt = await engine.deleteUser(person);
  expect(receipt.rows).toEqual({
    users: 2,
    events: visits + 3000,
    decisions: visits,
    rewards: visits,
    views: visits,
    edges: 3,
    reactions: 1,
    documents: 1,
    consents: 0,
    pseudonyms: 0,
  });
  expect(Object.keys(receipt.digests)).toHaveLength(8);
  expect(filesWith(path, person)).toEqual([]);
  expect(await engine.findUser(person)).toBeUndefined();
  expect(await engine.listEdges("user-1")).toEqual([]);
  expect(await store.decisions.count()).toBe(3 * visits);
  expect(await store.events.count()).toBe(3 * visits + 3000);
  expect((await store.documents.list("deferred", 9)).length).toBe(1);
  expect(await engine.findUser("user-1")).toMatchObject({ attributes: { note: "about user-1" } });
  expect(
    readFileSync(`${path}-erasures.jsonl`, "utf8")
      .split("\n")
      .map((line) => line && JSON.parse(line)),
  ).toEqual([receipt, ""]);
});

test("the audit afterwards finds nothing, counts the erased rows, and names decisions of others that read them", async () => {
  const { engine, visit, run } = await openPeopledShop({ scenario: { maxCandidates: 3 } });
  await visit(visits);
  expect(await run()).toMatchObject({ decisions: 4 * visits, findings: [], removed: [] });
  await engine.deleteUser(person);
  await visit(1);
  const { decisions, findings, removed, notDerivable, notDerivableIds } = await run();
  expect(findings).toEqual([]);
  // Those who erased rows bring: the user came back.
  expect(decisions).toBe(3 * visits + 4);
  expect(removed).toEqual([
    expect.objectContaining({
      kind: "erasure",
      removals: 1,
      rows: expect.objectContaining({ decisions: visits }),
    }),
  ]);
  expect(notDerivable.erasure).toBeGreaterThan(0);
  expect(notDerivable.erasure).toBeLessThanOrEqual(3 * visits);
  expect(notDerivableIds).toHaveLength(notDerivable.erasure);
});

test("a changed row stays a finding, also if its derivation needs erased rows", async () => {
  const { engine, visit, run, path } = await openPeopledShop({ scenario: { maxCandidates: 3 } });
  await visit(visits);
  await engine.deleteUser(person);
  const [changed = ""] = (await run()).notDerivableIds;
  const { default: Database } = await import("libsql");
  const file = new Database(path);
  file.prepare("UPDATE decisions SET seed = seed + 1 WHERE decision_id = ?").run(changed);
  file.close();
  expect((await run()).findings).toMatchObject([{ decisionId: changed, cause: "tampered-row" }]);
});

test("a user without rows, and one who was erased before, get a receipt of zero rows", async () => {
  const { engine, visit } = await openPeopledShop();
  await visit(1);
  const zero = { rows: { users: 0, events: 0, decisions: 0 }, digests: {}, policies: {} };
  expect(await engine.deleteUser("nobody")).toMatchObject(zero);
  const first = await engine.deleteUser(person);
  const second = await engine.deleteUser(person);
  expect(first.rows.decisions).toBe(1);
  expect(second).toMatchObject(zero);
  expect(second.person.commitment).not.toBe(first.person.commitment);
});

test("an erasure that was broken off is completed by the same call, or by a learner, with the whole count", async () => {
  const { store, path, configuration, clock } = await openPeopledShop();
  const parts = { store, configuration, clock };
  for (const finish of [
    async () => (await eraseUser(parts, user)).rows.events,
    async () => {
      expect(await continueErasures(parts)).toBe(1);
      const lines = readFileSync(`${path}-erasures.jsonl`, "utf8").trim().split("\n");
      return JSON.parse(lines.at(-1)!).rows.events;
    },
  ]) {
    await store.events.record(manyEvents(person, 450));
    const { erasure } = await store.erasures.begin(user, clock());
    expect(await store.erasures.removePage(erasure)).toBeGreaterThan(0);
    expect(await store.events.count()).toBeGreaterThan(0);
    expect(await finish()).toBe(450);
    expect(await store.erasures.unfinished()).toEqual([]);
    expect(filesWith(path, person)).toEqual([]);
  }
});

test("a receipt that was not delivered is given by the next call, once in the list", async () => {
  const { store, path, configuration, clock, visit } = await openPeopledShop();
  await visit(1);
  const stopped = new Error("killed");
  const broken = {
    ...store,
    erasures: { ...store.erasures, deliver: () => Promise.reject(stopped) },
  };
  await expect(eraseUser({ store: broken, configuration, clock }, user)).rejects.toBe(stopped);
  const other = await openStore(path);
  const receipt = await eraseUser({ store: other, configuration, clock }, user);
  await other.close();
  expect(receipt.rows.decisions).toBe(1);
  expect(await store.erasures.undelivered()).toEqual([]);
  expect(readFileSync(`${path}-erasures.jsonl`, "utf8").trim().split("\n")).toHaveLength(1);
});

test("while requests are answered, each decision that is left is derived again", async () => {
  const { engine, store, visit, run } = await openPeopledShop({ scenario: { maxCandidates: 3 } });
  await visit(2);
  await store.events.record(manyEvents(person, 500));
  const requests = async () => {
    for (let turn = 0; turn < 6; turn++) await engine.recommend({ userId: person });
  };
  const [receipt] = await Promise.all([engine.deleteUser(person), requests(), visit(3, others)]);
  const { findings, notDerivable } = await run();
  expect(findings).toEqual([]);
  const left = await store.decisions.recent(100);
  const own = left.filter(({ decision }) => decision.userId === person);
  for (const { decision, sequence } of own) {
    expect(sequence).toBeGreaterThan(receipt.sequence);
    expect(decision.asOf).toBeGreaterThanOrEqual(receipt.sequence);
  }
  expect(notDerivable.retention).toBe(0);
});

test("a decision that was begun before an erasure ended is not stored", async () => {
  const { engine, store } = await openPeopledShop();
  const asOf = await store.sequence();
  await engine.deleteUser(person);
  const old = sampleDecision("late", { asOf });
  await expect(store.decisions.append(old)).rejects.toMatchObject({ code: "conflict" });
  expect(await store.decisions.find(decisionId("late"))).toBeUndefined();
});
