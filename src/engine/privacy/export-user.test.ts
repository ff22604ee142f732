import { expect, test } from "vitest";
import { openPeopledShop, person } from "../../../tests/support/erased-shop.ts";
import { userId } from "../../domain/ids.ts";
import { exportUser } from "./export-user.ts";

const user = userId(person);

/** A shop in which `person` has rows in every table but those of pseudonyms and reactions. */
async function openFullShop() {
  const shop = await openPeopledShop();
  const { engine, store, visit } = shop;
  await visit(2);
  await engine.putUsers([{ userId: person, attributes: { city: "Graz" } }]);
  await engine.putUsers([
    { userId: person, attributes: { city: "Linz" }, consent: { train: false } },
  ]);
  await engine.putUsers([
    { userId: person, attributes: { city: "Linz" }, consent: { train: true } },
  ]);
  await engine.deleteEdge({ userId: "user-2", type: "follow", to: person });
  const rank = { userId: person, note: "a caller's choice" };
  await store.documents.put({ kind: "demonstration", id: person }, rank, { now: 1 });
  return shop;
}

test("all rows that an erasure removes are in the export: earlier revisions, ended edges, documents", async () => {
  const { engine, store } = await openFullShop();
  const found = await exportUser(store, user);
  expect(found.attributes).toEqual({ city: "Linz" });
  expect(found.revisions.map(({ attributes }) => attributes)).toEqual([
    { note: `about ${person}` },
    { city: "Graz" },
    { city: "Linz" },
  ]);
  expect(found.consents.map(({ consent }) => consent)).toEqual([{ train: false }, { train: true }]);
  expect(found.edges).toMatchObject([
    { userId: person, type: "friend", to: "user-1", isEnd: false },
    { userId: "user-2", type: "follow", to: person, isEnd: false },
    { userId: "user-2", type: "follow", to: person, isEnd: true },
  ]);
  expect(found.documents).toEqual([
    { kind: "demonstration", id: person, payload: { userId: person, note: "a caller's choice" } },
  ]);
  const { rows } = await engine.deleteUser(person);
  const rewards = found.decisions.flatMap(({ rewards: own }) =>
    own.filter((one) => one !== undefined),
  );
  const friends = found.edges.filter(({ type }) => type === "friend");
  expect(rows).toEqual({
    users: found.revisions.length,
    consents: found.consents.length,
    events: found.events.length,
    decisions: found.decisions.length,
    rewards: rewards.length,
    views: found.decisions.flatMap(({ viewed = [] }) => viewed).length,
    edges: found.edges.length + friends.length,
    reactions: found.reactions.length,
    documents: found.documents.length,
    pseudonyms: found.pseudonyms.length,
  });
  expect(
    Math.min(rows.users, rows.events, rows.decisions, rows.rewards, rows.views),
  ).toBeGreaterThan(0);
  expect(await exportUser(store, user)).toMatchObject({ revisions: [], edges: [], documents: [] });
});

test("more edges than a request reads are all in the export", async () => {
  const { engine, store } = await openPeopledShop();
  await engine.putEdges(
    Array.from({ length: 1000 }, (_, one) => ({ userId: person, type: "follow", to: `to-${one}` })),
  );
  await engine.putEdges([{ userId: person, type: "follow", to: "user-3" }]);
  expect(await store.edges.of(user, { limit: 5000 })).toHaveLength(1000);
  expect((await exportUser(store, user)).edges).toHaveLength(1003);
});
