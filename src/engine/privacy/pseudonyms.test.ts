import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { importedAt, neverAborted, textSource } from "../../../tests/support/import-rows.ts";
import { shopConfiguration, shopItems } from "../../../tests/support/shop.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import { importRows } from "../../exchange/import/import-rows.ts";
import { readRows } from "../../exchange/import/read-rows.ts";
import type { RowKind } from "../../exchange/import/row-schema.ts";
import { decisionTable, eventTable, userTable } from "../../exchange/tables/record-tables.ts";
import { toJsonl } from "../../exchange/tables/write-text.ts";
import { createRandom } from "../../numeric/random.ts";
import { createServer } from "../../server/create-server.ts";
import { openSqliteStore } from "../../storage/sqlite/open.ts";
import type { Store } from "../../storage/store.ts";
import { audit } from "../audit/audit.ts";
import { parseConfiguration } from "../configuration/configuration.ts";
import { createEngine } from "../create-engine.ts";
import { wiresOf } from "../wires.ts";
import { authorPaths } from "./authors.ts";
import { openPseudonyms } from "./pseudonyms.ts";

const [ada, bob, eve] = ["ada.lovelace@shop.example", "bob.of.7.high.street", "eve-the-author"];
const keys = { SHOP_KEY: "k".repeat(40), NEW_KEY: "n".repeat(40), WRONG_KEY: "w".repeat(40) };

beforeEach(() => {
  for (const [name, value] of Object.entries(keys)) vi.stubEnv(name, value);
  return () => void vi.unstubAllEnvs();
});

const variable = (name: string) => ({ variable: name });
const pseudonyms = (key: object | undefined, ...previous: readonly object[]) =>
  parseConfiguration(
    shopConfiguration({
      scenario: { slateSize: 1, social: { author: "author" }, excludeSeen: true },
      rest: {
        compatibility: { gorse: { scenario: "shop" } },
        ...(key && { privacy: { pseudonyms: { key, previous } } }),
      },
    }),
  );
const underShop = pseudonyms(variable("SHOP_KEY"));

let ids = 0;
let starts = 0;
async function start(path: string, configuration = underShop) {
  const store = await openSqliteStore(path);
  onTestFinished(() => store.close());
  const now = importedAt + ++starts;
  const engine = await createEngine({
    store,
    configuration,
    clock: () => now,
    random: createRandom(7),
    createId: () => `d-${++ids}`,
  });
  onTestFinished(() => engine.close());
  return { store, engine };
}

/** Text of every file of the record: database, log, and what stands beside them. */
const textOf = (path: string) => {
  const folder = join(path, "..");
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "latin1"));
  return files.join("\n");
};

async function importText(store: Store, kind: RowKind, rows: readonly object[]) {
  const text = rows.map((row) => JSON.stringify(row)).join("\n");
  const source = await readRows(textSource(text), { kind, format: "jsonl", now: importedAt });
  const refusals: string[] = [];
  const counts = await importRows(source, {
    store,
    signal: neverAborted,
    scenarios: underShop.scenarios,
    pseudonyms: await openPseudonyms(store, underShop, importedAt),
    onRefusal: ({ reason }) => refusals.push(reason),
    onProgress: () => undefined,
  });
  return { counts, refusals };
}

/** Fields of the answers that are looked at. */
interface Answer {
  readonly decisionId: string;
  readonly userId: string;
  readonly slate: readonly { readonly itemId: string }[];
  readonly rows: readonly { readonly userId: string }[];
  readonly edges: readonly { readonly userId: string }[];
  readonly error: { readonly message: string; readonly details: { readonly value: string } };
}

const newPath = () => join(createTestFolder(), "recurve.db");

test("whichever entrance it comes by, no raw id is in the record, its log, exports, metrics or server log, and answers name users as they were sent", async () => {
  const path = newPath();
  const { store, engine } = await start(path);
  await engine.putItems([...shopItems(6), { itemId: "post", attributes: { author: eve } }]);
  await engine.putUsers([{ userId: ada, attributes: { city: "Graz" } }, { userId: bob }]);
  expect(await engine.findUser(ada)).toMatchObject({ userId: ada, attributes: { city: "Graz" } });
  await engine.putEdges([
    { userId: ada, type: "friend", to: bob },
    { userId: ada, type: "follow", to: eve },
  ]);
  await engine.record([{ type: "click", userId: bob, itemId: "i-1" }]);

  const logged: string[] = [];
  const app = createServer({
    engine,
    version: "1",
    clock: () => importedAt,
    logError: (error) => logged.push(error.message),
    logWarning: (line) => logged.push(line),
  });
  const send = async (method: string, url: string, body?: object) => {
    const headers = { "content-type": "application/json" };
    const sent = body && { body: JSON.stringify(body), headers };
    return (await (await app.request(url, { method, ...sent })).json()) as Answer;
  };
  const recommended = await send("POST", "/api/v1/recommend", {
    userId: ada,
    candidates: [{ itemId: "i-2" }, { itemId: "own", features: { author: eve } }],
  });
  const { decisionId, slate } = recommended;
  const batch = await engine.recommendBatch({
    requests: [ada, bob].map((userId) => ({ userId, idempotencyKey: "page-1" })),
  });
  expect(batch.map(({ decision }) => decision.userId)).toEqual([ada, bob]);
  const event = { type: "click", userId: ada, itemId: slate[0]?.itemId, decisionId };
  const events = { events: [event] };
  expect(await send("POST", "/api/v1/events", events)).toMatchObject({ outcomes: ["rewarded"] });
  const later = await engine.recommend({ userId: bob, deferred: true });
  const { slate: drawn, decisionId: deferred } = later.decision;
  const early = { type: "click", userId: bob, itemId: drawn[0]!, decisionId: deferred };
  expect((await engine.record([early])).outcomes).toEqual(["deferred"]);
  expect(later.decision.userId).toBe(bob);
  expect((await engine.activateDecision(deferred)).userId).toMatch(/^u_/);
  const users = { users: [{ userId: bob, attributes: {} }] };
  expect(await send("POST", "/api/v1/users", users)).toMatchObject({ unchanged: 1 });
  const listed = await send("GET", `/api/v1/decisions?userId=${ada}`);
  expect(listed.rows).toMatchObject([{ userId: ada }, { decisionId, userId: ada }]);
  const edges = await send("GET", `/api/v1/edges/${ada}`);
  expect(edges.edges.map(({ userId }) => userId)).toEqual([ada, ada]);
  // Nobody sent these names: they are pseudonyms.
  expect((await send("GET", "/api/v1/users")).rows[0]?.userId).toMatch(/^u_[\w-]{22}$/);
  expect((await send("GET", `/api/v1/decisions/${decisionId}`)).userId).toMatch(/^u_/);
  expect((await send("GET", `/api/v1/decisions/${decisionId}/explanation`)).userId).toMatch(/^u_/);
  const others = { events: [{ ...event, userId: bob }] };
  const refused = await send("POST", "/api/v1/events", others);
  expect(refused.error.message).toContain(`events[0].userId is ${bob}`);
  expect(refused.error.details.value).toBe(bob);

  const feedback = [{ FeedbackType: "click", UserId: ada, ItemId: "i-3", Timestamp: "" }];
  await send("POST", "/gorse/api/feedback", feedback as never);
  expect(await send("GET", `/gorse/api/user/${ada}/feedback`)).toMatchObject([{ UserId: ada }]);
  expect(await send("GET", `/gorse/api/user/${ada}`)).toMatchObject({ UserId: ada });
  expect(await send("GET", `/gorse/api/recommend/${ada}?n=1`)).toHaveLength(1);
  expect(await send("GET", `/gorse/api/user/${ada}/neighbors`)).toEqual([]);

  const { gorse } = wiresOf(engine);
  expect(await gorse?.patchItem("i-3", { attributes: { author: eve }, notes: {} })).toBe(true);
  expect((await engine.findItem("i-3"))?.attributes.author).toMatch(/^u_/);
  expect(await gorse?.patchUser(ada, { attributes: { age: 35 }, notes: {} })).toBe(true);
  expect(await engine.findUser(ada)).toMatchObject({ attributes: { age: 35 } });

  const consent = { personalise: false };
  await importText(store, "users", [{ userId: ada, attributes: { age: 36 }, consent }]);
  await importText(store, "events", [{ type: "click", userId: ada, itemId: "i-4" }]);
  await importText(store, "items", [{ itemId: "post-2", attributes: { author: eve } }]);
  const before = await store.pseudonyms.keys();
  const { refusals } = await importText(store, "edges", [
    { userId: ada, type: "friend", to: "who-is-this" },
  ]);
  expect(refusals).toEqual([expect.stringContaining("to is 'who-is-this', who was never written")]);
  // Who is refused gets no pseudonym.
  expect(await store.pseudonyms.keys()).toEqual(before);
  expect(await engine.findUser(ada)).toMatchObject({ attributes: { age: 36 }, consent });
  const { decision } = await engine.recommend({ userId: ada });
  const view = await engine.findDecision(decision.decisionId);
  expect(view?.profile).toEqual({ attributes: {}, history: [] });

  let seen = await (await app.request("/metrics")).text();
  const tables = [
    decisionTable({ store, scenario: underShop.scenarios[0]!, now: 2 * importedAt, range: {} }),
    eventTable(store, {}),
    userTable(store),
  ];
  for (const table of tables) for await (const line of toJsonl(table)) seen += line;
  seen += `${textOf(path)}${logged.join("\n")}`;
  expect(seen).toContain("u_");
  for (const raw of [ada, bob, eve, "who-is-this", ...Object.values(keys)])
    expect(seen).not.toContain(raw);
  expect(await audit({ store, configuration: underShop })).toMatchObject({ findings: [] });
});

test("edges that are refused over HTTP give nobody a name, and say who was unknown as it was sent", async () => {
  const { store, engine } = await start(newPath());
  const app = createServer({
    engine,
    version: "1",
    clock: () => importedAt,
    logError: (error) => expect.fail(error.message),
  });
  const send = async (...edges: readonly object[]) => {
    const headers = { "content-type": "application/json" };
    const sent = { method: "POST", headers, body: JSON.stringify({ edges }) };
    const response = await app.request("/api/v1/edges", sent);
    return { status: response.status, body: (await response.json()) as Answer };
  };
  const names = async () => (await store.pseudonyms.keys())[0]?.users;
  await engine.putUsers([{ userId: ada }]);
  const follow = { userId: ada, type: "follow", to: eve };
  for (const [edge, end] of [
    [{ userId: ada, type: "friend", to: bob }, "to"],
    [{ userId: bob, type: "follow", to: ada }, "userId"],
  ] as const) {
    const { status, body } = await send(follow, edge);
    expect([status, body.error]).toMatchObject([
      422,
      { code: "unknown_user", details: { field: `edges[1].${end}`, value: bob } },
    ]);
    expect(body.error.message).toContain(`edges[1].${end} is '${bob}'`);
    expect(await names()).toBe(1);
  }
  expect(await send(follow)).toMatchObject({ status: 200, body: { created: 1 } });
  expect(await names()).toBe(2);
});

test("an edge to the user's own pseudonym is one to oneself, over HTTP and in an import", async () => {
  const { store, engine } = await start(newPath());
  await engine.putUsers([{ userId: ada }]);
  const own = (await engine.listUsers()).rows[0]!.userId;
  for (const type of ["friend", "follow"] as const) {
    const edge = { userId: ada, type, to: own };
    await expect(engine.putEdges([edge])).rejects.toMatchObject({
      code: "invalid_request",
      details: { field: "edges[0].to", value: own },
      message: `edges[0].to is '${own}': must not be the user's own id; name another user or author`,
    });
    expect((await importText(store, "edges", [edge])).refusals).toEqual([
      expect.stringContaining(`to is '${own}': must not be the user's own id`),
    ]);
  }
  expect(await engine.listEdges(ada)).toEqual([]);
});

test("every call of the engine is known to speak of users, or not to", async () => {
  const translated = [
    ...["recommend", "recommendBatch", "record", "putItems", "putUsers", "findUser", "deleteUser"],
    ...["putEdges", "deleteEdge", "listEdges", "listDecisions"],
  ];
  // Users in their answers have their pseudonyms, since the call sends none.
  const others = [
    ...["findItem", "deleteItem", "listItems", "listUsers", "findDecision", "explainDecision"],
    "activateDecision",
    ...["putCampaigns", "findCampaign", "deleteCampaign", "listCampaigns", "reportCampaigns"],
    ...["policies", "rollBack", "intervene", "interventions", "cycles", "findCycle"],
    ...["countDecisions", "rewardSeries", "activity", "health", "figures", "idle", "close"],
  ];
  const { engine } = await start(newPath());
  const calls = Object.keys(engine).filter((name) => name !== "scenarios");
  expect(new Set(calls)).toEqual(new Set([...translated, ...others]));
});

test("friends and followed authors bear on slates as under raw ids", async () => {
  expect(authorPaths([...underShop.scenarios, ...underShop.scenarios])).toEqual([["author"]]);
  const { store, engine } = await start(newPath());
  await engine.putItems([
    { itemId: "post", attributes: { author: [eve, 42], by: { author: eve } } },
  ]);
  await engine.putUsers([{ userId: ada }]);
  await engine.putEdges([
    { userId: ada, type: "follow", to: eve },
    { userId: ada, type: "follow", to: "42" },
  ]);
  const names = (await engine.listEdges(ada)).map(({ to }) => to).toReversed();
  const item = await engine.findItem("post");
  expect(item?.attributes).toEqual({ author: names, by: { author: eve } });
  expect(await store.edges.of(names[0] as never, { limit: 9 })).toEqual([]);
  // Whoever reads an item, or a user's pseudonym, can send it back.
  await engine.putItems([{ itemId: "post", attributes: item!.attributes }]);
  expect((await engine.findItem("post"))?.attributes).toEqual(item?.attributes);
  const [user] = (await engine.listUsers()).rows;
  expect(await engine.listEdges(user!.userId)).toHaveLength(2);
});

test("with another key users keep arm, history and edges; each moves when it comes, and then the old key can go", async () => {
  const path = newPath();
  const first = await start(path);
  await first.engine.putItems(shopItems(3));
  await first.engine.record([ada, bob].map((userId) => ({ type: "click", userId, itemId: "i-1" })));
  await first.engine.recommend({ userId: ada });
  const [before] = (await first.engine.listDecisions({ userId: ada })).rows;
  const own = (await first.store.decisions.find(before!.decision.decisionId))!.decision.userId;

  const next = await start(path, pseudonyms(variable("NEW_KEY"), variable("SHOP_KEY")));
  const { decision } = await next.engine.recommend({ userId: ada });
  expect(decision.userId).toBe(ada);
  expect((await next.store.decisions.find(decision.decisionId))!.decision.userId).toBe(own);
  expect((await next.engine.listDecisions({ userId: ada })).rows).toHaveLength(2);
  expect(decision.candidates.map(({ itemId }) => itemId)).toEqual(["i-0", "i-2"]);
  const counts = async () => (await next.store.pseudonyms.keys()).map(({ users }) => users);
  expect(await counts()).toEqual([1, 1]);
  // A server that has only the old key would make a second person of a user.
  await expect(first.engine.recommend({ userId: ada })).rejects.toMatchObject({
    code: "not_ready",
  });
  await expect(start(path)).rejects.toMatchObject({ code: "invalid_configuration" });

  await next.engine.findUser(bob);
  expect(await counts()).toEqual([1, 1]);
  await next.engine.record([{ type: "click", userId: bob, itemId: "i-2" }]);
  expect(await counts()).toEqual([0, 2]);
  const [old] = await next.store.pseudonyms.keys();
  await next.store.pseudonyms.retire(old!.key);
  const last = await start(path, pseudonyms(variable("NEW_KEY")));
  expect((await last.engine.listDecisions({ userId: ada })).rows).toHaveLength(2);
});

test("two processes that meet a user at the same time agree on one id", async () => {
  const path = newPath();
  const processes = await Promise.all([start(path), start(path)]);
  const people = Array.from({ length: 20 }, (_, user) => `person-${user}`);
  await Promise.all(
    processes.map(({ engine }) =>
      Promise.all(people.map((userId) => engine.record([{ type: "click", userId, itemId: "a" }]))),
    ),
  );
  const { store } = processes[0]!;
  const scanned = await store.events.scan({ after: 0, limit: 100 });
  expect(scanned).toHaveLength(40);
  expect(new Set(scanned.map(({ userId }) => userId)).size).toBe(20);
});

test("a file can hold the key, and the space around it doesn't count", async () => {
  const path = newPath();
  const { engine } = await start(path);
  await engine.record([{ type: "click", userId: ada, itemId: "a" }]);
  const file = join(createTestFolder(), "key");
  writeFileSync(file, `${keys.SHOP_KEY}\n`);
  const again = await start(path, pseudonyms({ file }));
  expect(await again.store.pseudonyms.keys()).toMatchObject([{ users: 1 }]);
});

test.each([
  [
    "another key than the record's",
    pseudonyms(variable("WRONG_KEY")),
    /add its source to previous/,
  ],
  ["no key any more", pseudonyms(undefined), /privacy\.pseudonyms is missing/],
  [
    "a variable that is not set",
    pseudonyms(variable("NO_KEY")),
    /NO_KEY, which the environment lacks/,
  ],
  ["a file that is not there", pseudonyms({ file: "/no/key" }), /key\.file is \/no\/key: ENOENT/],
])("a start with %s is refused, and changes nothing", async (_, configuration, message) => {
  const path = newPath();
  const { store, engine } = await start(path);
  await engine.record([{ type: "click", userId: ada, itemId: "a" }]);
  await expect(start(path, configuration)).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringMatching(message),
  });
  expect(await store.pseudonyms.keys()).toHaveLength(1);
});

test("a short key is refused without being shown", async () => {
  vi.stubEnv("SHORT", "hush-hush");
  const refused = start(newPath(), pseudonyms(variable("SHORT")));
  await expect(refused).rejects.toThrow(/names SHORT, whose key has 9 characters/);
  await expect(refused).rejects.not.toThrow(/hush/);
});

test("a record that has users under raw ids is refused, with the way to a new one", async () => {
  const path = newPath();
  const { engine } = await start(path, pseudonyms(undefined));
  await engine.record([{ type: "click", userId: ada, itemId: "a" }]);
  await expect(start(path)).rejects.toThrow(/take their data to a new record with recurve export/);
});
