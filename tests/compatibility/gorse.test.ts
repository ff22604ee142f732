import { Gorse, GorseException } from "gorsejs";
import { describe, expect, test } from "vitest";
import { audit } from "../../src/engine/audit/audit.ts";
import { parseConfiguration } from "../../src/engine/configuration/configuration.ts";
import { settleReactions } from "../../src/engine/reactions/record-reactions.ts";
import { openListeningServer } from "../support/listening-server.ts";

// gorsejs 0.4.8 as it is published, against a server on a socket.

const configurationOf = (rules: { readonly diversity?: number }) => ({
  scenarios: [
    {
      rules,
      name: "shop",
      slateSize: 10,
      excludeSeen: true,
      reward: { weights: { like: 1, read: 0, love: 2 }, windowSeconds: 1800, maximum: 1 },
    },
  ],
  compatibility: { gorse: { scenario: "shop" } },
});

async function openGorse(rules = {}, rest = {}) {
  const sent = { ...configurationOf(rules), ...rest };
  const configuration = parseConfiguration(sent);
  const server = await openListeningServer(sent);
  const client = new Gorse<string>({ endpoint: `${server.url}/gorse`, secret: "a key" });
  const runAudit = () => audit({ store: server.store, configuration });
  return { ...server, client, configuration, runAudit };
}

const time = "2022-08-07T00:26:46Z";
const item = (id: string, fields: object = {}) => ({
  ItemId: id,
  IsHidden: false,
  Timestamp: time,
  Categories: ["a"],
  Labels: ["x"],
  Comment: "",
  ...fields,
});
const feedback = (user: string, id: string, type = "like") => ({
  FeedbackType: type,
  UserId: user,
  ItemId: id,
  Timestamp: time,
});

/** Twelve items, of which the first four are of category "b" too, and the last is hidden. */
async function openShop(rules = {}) {
  const shop = await openGorse(rules);
  const items = Array.from({ length: 12 }, (_, index) =>
    item(`i${index}`, {
      Categories: index < 4 ? ["a", "b"] : ["a"],
      IsHidden: index === 11,
      Timestamp: `2022-08-${String(index + 1).padStart(2, "0")}T00:00:00Z`,
    }),
  );
  expect(await shop.client.upsertItems(items)).toBe(12);
  return shop;
}

describe("users", () => {
  test("are written, read, changed, listed by page and deleted", async () => {
    const { client } = await openGorse();
    const user = { UserId: "100", Labels: ["a", "b", "c"], Comment: "comment" };
    expect(await client.insertUser(user)).toBe(1);
    expect(await client.getUser("100")).toStrictEqual({ ...user, Subscribe: null });
    expect(await client.updateUser("100", { UserId: "100", Comment: "new" })).toBe(1);
    expect(await client.getUser("100")).toMatchObject({ Labels: ["a", "b", "c"], Comment: "new" });
    expect(await client.insertUsers([{ UserId: "101" }, { UserId: "102" }])).toBe(2);
    const first = await client.getUsers({ n: 2 });
    expect(first.Users.map(({ UserId }) => UserId)).toEqual(["100", "101"]);
    const second = await client.getUsers({ n: 2, Cursor: first.Cursor });
    expect(second).toMatchObject({ Cursor: "", Users: [{ UserId: "102" }] });
    expect(await client.deleteUser("100")).toBe(1);
    await expect(client.getUser("100")).rejects.toThrow(GorseException);
    expect(await client.deleteUser("100")).toBe(0);
  });

  test("a deleted one takes the feedback along", async () => {
    const { client } = await openGorse();
    await client.insertFeedbacks([feedback("ann", "1"), feedback("bob", "1")]);
    await client.deleteUser("ann");
    expect((await client.getItemFeedback("1")).map(({ UserId }) => UserId)).toEqual(["bob"]);
  });
});

describe("items", () => {
  test("are written, read, changed, listed by page and deleted", async () => {
    const { client } = await openGorse();
    const whole = item("100", { IsHidden: true, Categories: ["d", "e"], Comment: "comment" });
    expect(await client.upsertItem(whole)).toBe(1);
    expect(await client.getItem("100")).toStrictEqual(whole);
    const change = { IsHidden: false } as typeof whole;
    expect(await client.updateItem("100", change)).toBe(1);
    expect(await client.getItem("100")).toStrictEqual({ ...whole, IsHidden: false });
    expect(await client.insertItemCategory("100", "f")).toBe(1);
    expect(await client.deleteItemCategory("100", "d")).toBe(1);
    expect((await client.getItem("100")).Categories).toEqual(["e", "f"]);
    await client.upsertItems([item("101"), item("102")]);
    const first = await client.getItems({ n: 2 });
    const second = await client.getItems({ n: 2, Cursor: first.Cursor });
    expect([...first.Items, ...second.Items].map(({ ItemId }) => ItemId)).toEqual([
      ...["100", "101", "102"],
    ]);
    expect(await client.deleteItem("100")).toBe(1);
    await expect(client.getItem("100")).rejects.toThrow(GorseException);
  });

  test("keep all changes that come together", async () => {
    const { client, app } = await openGorse();
    await client.upsertItem(item("1", { Categories: [] }));
    await client.insertUser({ UserId: "ann", Labels: ["a"] });
    const send = async (method: string, path: string, body?: object) => {
      const headers = { "content-type": "application/json" };
      const sent = body && { headers, body: JSON.stringify(body) };
      return (await app.request(`/gorse/api${path}`, { method, ...sent })).status;
    };
    const named = ["k1", "k2", "k3", "k4"];
    const statuses = await Promise.all([
      ...named.map((category) => send("PUT", `/item/1/category/${category}`)),
      send("PATCH", "/item/1", { Comment: "new" }),
      send("PATCH", "/item/1", { IsHidden: true }),
      send("PATCH", "/user/ann", { Labels: ["b"] }),
      send("PATCH", "/user/ann", { Comment: "new" }),
    ]);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await client.getItem("1")).toEqual(
      item("1", { Categories: named, Comment: "new", IsHidden: true }),
    );
    expect(await client.getUser("ann")).toMatchObject({ Labels: ["b"], Comment: "new" });
    expect(await send("PUT", "/item/none/category/k")).toBe(404);
    expect(await send("PATCH", "/user/none", {})).toBe(404);
  });

  test("that feedback names first are created, but not beside differential privacy, whose encoders list the catalogue", async () => {
    const plain = await openGorse();
    await plain.client.insertFeedbacks([feedback("ann", "rare")]);
    expect(await plain.client.getItem("rare")).toMatchObject({ ItemId: "rare" });
    const { client, store } = await openGorse({}, { privacy: { differential: { epsilon: 8 } } });
    expect(await client.insertFeedbacks([feedback("ann", "rare")])).toBe(1);
    await expect(client.getItem("rare")).rejects.toThrow(GorseException);
    expect((await client.getItemFeedback("rare")).map(({ UserId }) => UserId)).toEqual(["ann"]);
    expect(await store.items.count()).toBe(0);
  });

  test.each([
    ["a time beyond every year", { time: 1e300 }],
    ["a time that is no number", { time: "noon", comment: 5 }],
    ["no object", "notes"],
  ])("with notes of another form, %s, are listed without them", async (_, $notes) => {
    const { client, engine } = await openGorse();
    await engine.putItems([{ itemId: "1", attributes: { $notes } }]);
    await engine.putUsers([{ userId: "ann", attributes: { $notes } }]);
    const { Items } = await client.getItems({ n: 2 });
    expect(Items).toMatchObject([{ ItemId: "1", Timestamp: "0001-01-01T00:00:00Z", Comment: "" }]);
    expect(await client.getUser("ann")).toMatchObject({ Comment: "" });
    expect(await client.getLatest({})).toEqual([]);
  });

  test("labels are features; comment and time are not", async () => {
    const { client, engine, store } = await openShop();
    const propensities = async () => (await engine.recommend({ userId: "u" })).decision;
    const before = await propensities();
    await client.updateItem("i0", item("i0", { Comment: "other words", Timestamp: time }));
    expect((await store.items.find("i0" as never))?.attributes).toEqual({
      labels: ["x"],
      $notes: { comment: "other words", time: Date.parse(time) },
    });
    expect((await propensities()).candidates).toEqual(before.candidates);
  });
});

describe("feedback", () => {
  test("is read by key, user, item, type and page, and creates users and items", async () => {
    const { client } = await openGorse();
    const all = [feedback("100", "100"), feedback("100", "200", "read"), feedback("101", "200")];
    expect(await client.insertFeedbacks(all)).toBe(3);
    expect(await client.getUser("101")).toMatchObject({ UserId: "101" });
    expect(await client.getItem("200")).toMatchObject({ ItemId: "200", IsHidden: false });
    const filter = { type: "like", userId: "100", itemId: "100" };
    expect(await client.getFeedback(filter)).toMatchObject({ ...all[0], Value: 1 });
    expect(await client.getUserFeedback("100")).toMatchObject(all.slice(0, 2));
    expect(await client.getUserFeedbackByType("100", "read")).toMatchObject([all[1]]);
    expect(await client.getItemFeedback("200")).toMatchObject(all.slice(1));
    expect(await client.getItemFeedbackByType("200", "like")).toMatchObject([all[2]]);
    const first = await client.getFeedbacks(undefined, { n: 2 });
    expect(first.Feedbacks).toMatchObject(all.slice(0, 2));
    const second = await client.getFeedbacks(undefined, { n: 2, Cursor: first.Cursor });
    expect(second).toMatchObject({ Cursor: "", Feedbacks: [all[2]] });
    expect((await client.getFeedbacks("read")).Feedbacks).toMatchObject([all[1]]);
  });

  test("adds values up when it is inserted, and replaces them when it is upserted", async () => {
    const { client } = await openGorse();
    const filter = { type: "like", userId: "ann", itemId: "1" };
    const one = { ...feedback("ann", "1"), Value: 2 };
    await client.insertFeedbacks([one]);
    await client.insertFeedbacks([one]);
    expect(await client.getFeedback(filter)).toMatchObject({ Value: 4 });
    expect(await client.upsertFeedbacks([one])).toBe(1);
    expect(await client.getFeedback(filter)).toMatchObject({ Value: 2 });
  });

  test("with a time to come becomes an event and a reward at that time, once", async () => {
    const { client, store, clock, advance, configuration, runAudit } = await openShop();
    const slate = await client.getRecommend({ userId: "ann", cursorOptions: { n: 3 } });
    const soon = new Date(clock() + 60_000).toISOString();
    const [first = "", second = ""] = slate;
    await client.insertFeedbacks([
      { ...feedback("ann", first), Timestamp: soon },
      // With a weight above 1 it would overflow.
      { ...feedback("ann", second, "love"), Timestamp: soon, Value: 1e308 } as never,
    ]);
    const settle = () => settleReactions({ store, configuration, clock });
    const history = () => store.events.history("ann" as never, { asOf: 1e9, limit: 9 });
    await settle();
    expect(await history()).toEqual([]);
    advance(61);
    await Promise.all([settle(), settle()]);
    await settle();
    expect(await history()).toMatchObject([{ itemId: first, type: "like" }]);
    expect((await store.decisions.recent(1))[0]?.rewards).toEqual([1, undefined, undefined]);
    expect(await client.getUserFeedback("ann")).toHaveLength(2);
    expect(await runAudit()).toMatchObject({ decisions: 1, findings: [] });
  });

  test("with a time to come that is deleted before it becomes nothing", async () => {
    const { client, store, clock, advance, configuration } = await openShop();
    await client.insertFeedbacks([{ ...feedback("ann", "i1"), Timestamp: "2026-03-01T13:00:00Z" }]);
    advance(7200);
    const due = store.reactions.due;
    const reactions: typeof store.reactions = {
      ...store.reactions,
      due: async (options) => {
        const found = await due(options);
        await store.reactions.delete({ userId: "ann" as never, until: Number.MAX_SAFE_INTEGER });
        return found;
      },
    };
    await settleReactions({ store: { ...store, reactions }, configuration, clock });
    expect(await store.events.history("ann" as never, { asOf: 1e9, limit: 9 })).toEqual([]);
    expect(await client.getUserFeedback("ann")).toEqual([]);
  });

  test("is no behaviour any more after it was deleted, except as of decisions before", async () => {
    const { client, engine, store, runAudit } = await openShop();
    await client.insertFeedbacks([feedback("ann", "i1")]);
    const { decision } = await engine.recommend({ userId: "ann" });
    expect(decision.candidates).toHaveLength(10);
    await client.deleteFeedback({ type: "like", userId: "ann", itemId: "i1" });
    await expect(
      client.getFeedback({ type: "like", userId: "ann", itemId: "i1" }),
    ).rejects.toMatchObject({ code: 404 });
    expect((await engine.recommend({ userId: "ann" })).decision.candidates).toHaveLength(11);
    expect(await store.events.history("ann" as never, { asOf: 1e9, limit: 9 })).toEqual([]);
    expect((await engine.findDecision(decision.decisionId))?.profile.history).toHaveLength(1);
    expect((await runAudit()).findings).toEqual([]);
  });
});

describe("recommendations", () => {
  test("are decisions whose rewards are later feedback", async () => {
    const { client, store, runAudit } = await openShop();
    const slate = await client.getRecommend({ userId: "ann", cursorOptions: { n: 3 } });
    expect(slate).toHaveLength(3);
    await client.insertFeedbacks([{ ...feedback("ann", slate[1] ?? ""), Timestamp: "" }]);
    const [found] = await store.decisions.recent(1);
    expect(found).toMatchObject({ decision: { slate, offeredBy: "catalogue" } });
    expect(found?.rewards).toEqual([undefined, 1, undefined]);
    expect(await runAudit()).toMatchObject({ decisions: 1, findings: [] });
  });

  test("are diverse by the scenario's rule", async () => {
    const { client, store, runAudit } = await openShop({ diversity: 0.75 });
    const isRare = (id = "") => ["i0", "i1", "i2", "i3"].includes(id);
    for (let user = 0; user < 8; user++) {
      const [first, second] = await client.getRecommend({
        userId: `user-${user}`,
        cursorOptions: { n: 2 },
      });
      const [found] = await store.decisions.recent(1);
      const { exploration = 0, positionPropensities } = found?.decision ?? {};
      // Of 11 items 4 have a category that tells them apart from the others.
      const rare = isRare(first) ? (1 - 0.9 ** 2) ** 3 : 1;
      const total = isRare(first) ? 3 * rare + 7 : 10;
      const share = (isRare(second) ? rare : 1) / total;
      expect(positionPropensities?.[1]).toBeCloseTo(
        (1 - exploration) * share + exploration / 10,
        9,
      );
    }
    expect(await runAudit()).toMatchObject({ decisions: 8, findings: [] });
  });

  test("of a category and of pages leave out all else, and are derived by the audit", async () => {
    const { client, runAudit } = await openShop();
    const page = (offset: number) =>
      client.getRecommend({ userId: "ann", category: "b", cursorOptions: { n: 2, offset } });
    const pages = [await page(0), await page(2), await page(4)];
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 0]);
    expect(pages.flat().toSorted()).toEqual(["i0", "i1", "i2", "i3"]);
    expect(await runAudit()).toMatchObject({
      decisions: 2,
      findings: [],
      retrievalsNotDerivable: 0,
    });
  });

  test("write feedback back at once or after a delay", async () => {
    const { client, advance } = await openShop();
    const ask = (delay?: string) =>
      client.getRecommend({
        userId: "ann",
        writeBackType: "read",
        cursorOptions: { n: 5 },
        ...(delay !== undefined && { writeBackDelay: delay }),
      });
    const first = await ask();
    expect((await client.getUserFeedbackByType("ann", "read")).map(({ ItemId }) => ItemId)).toEqual(
      first.toSorted(),
    );
    const second = await ask("10m");
    expect(second.filter((one) => first.includes(one))).toEqual([]);
    expect(await client.getUserFeedback("ann")).toHaveLength(5);
    expect(await client.getRecommend({ userId: "ann", cursorOptions: { n: 9 } })).toHaveLength(6);
    advance(601);
    expect(await client.getUserFeedback("ann")).toHaveLength(10);
    expect(await client.getRecommend({ userId: "ann", cursorOptions: { n: 9 } })).toHaveLength(1);
  });

  test("have probabilities as scores for the newer clients, and are empty without items", async () => {
    const { client, url } = await openGorse();
    expect(await client.getRecommend({ userId: "ann" })).toEqual([]);
    await client.upsertItem(item("only"));
    const headers = { "x-api-version": "2" };
    const response = await fetch(`${url}/gorse/api/recommend/ann`, { headers });
    expect(await response.json()).toEqual([{ Id: "only", Score: 1 }]);
  });
});

describe("lists", () => {
  async function openLiked() {
    const shop = await openShop();
    await shop.client.insertFeedbacks([
      ...[feedback("ann", "i1"), feedback("ann", "i2"), feedback("bob", "i1")],
      ...[feedback("bob", "i2"), feedback("cid", "i1"), feedback("cid", "i5")],
      ...[feedback("ann", "i7", "read"), feedback("dan", "i11")],
    ]);
    return shop;
  }

  test("popular: by users with a wanted type, without hidden items", async () => {
    const { client } = await openLiked();
    expect(await client.getPopular({})).toEqual([
      ...[
        { Id: "i1", Score: 3 },
        { Id: "i2", Score: 2 },
        { Id: "i5", Score: 1 },
      ],
    ]);
    const page = { category: "b", cursorOptions: { n: 1, offset: 1 } };
    expect(await client.getPopular(page)).toEqual([{ Id: "i2", Score: 2 }]);
  });

  test("latest: by the items' own time", async () => {
    const { client } = await openLiked();
    const newest = await client.getLatest({ cursorOptions: { n: 2 } });
    expect(newest).toEqual([
      ...[{ Id: "i10", Score: Date.UTC(2022, 7, 11) / 1000 }],
      ...[{ Id: "i9", Score: Date.UTC(2022, 7, 10) / 1000 }],
    ]);
    expect((await client.getLatest({ category: "b" })).map(({ Id }) => Id)).toEqual([
      ...["i3", "i2", "i1", "i0"],
    ]);
  });

  test("neighbors: the cosine of the sets of users or items", async () => {
    const { client } = await openLiked();
    expect(await client.getItemNeighbors({ itemId: "i1" })).toEqual([
      { Id: "i2", Score: 2 / Math.sqrt(6) },
      { Id: "i5", Score: 1 / Math.sqrt(3) },
    ]);
    const inCategory = await client.getItemNeighbors({ itemId: "i1", category: "b" });
    expect(inCategory).toMatchObject([{ Id: "i2" }]);
    expect(await client.getUserNeighbors({ userId: "ann" })).toEqual([
      { Id: "bob", Score: 1 },
      { Id: "cid", Score: 0.5 },
    ]);
  });

  test("session: the sum of similarities to its items, without them", async () => {
    const { client } = await openLiked();
    const session = [feedback("new", "i2"), feedback("new", "i5")];
    const sum = 2 / Math.sqrt(6) + 1 / Math.sqrt(3);
    expect(await client.getSessionRecommend(session)).toEqual([{ Id: "i1", Score: sum }]);
  });
});

describe("failures", () => {
  test("are plain text with our code, and change nothing", async () => {
    const { client, url, store } = await openGorse();
    const refused = { code: 400, message: expect.stringMatching(/^invalid_request: body field/) };
    const before = await store.sequence();
    const nameless = [feedback("ann", "1"), feedback("", "1")];
    await expect(client.insertFeedbacks(nameless)).rejects.toMatchObject(refused);
    expect(await store.sequence()).toBe(before);
    await client.upsertItem(item("shown"));
    await client.getRecommend({ userId: "half", cursorOptions: { n: 1 } });
    const love = { ...feedback("half", "shown", "love"), Timestamp: "", Value: 1e308 };
    await expect(client.insertFeedbacks([feedback("ghost", "ghost"), love])).rejects.toMatchObject({
      code: 400,
      message: expect.stringContaining("overflows"),
    });
    await expect(client.getUser("ghost")).rejects.toMatchObject({ code: 404 });
    await expect(client.getItem("ghost")).rejects.toMatchObject({ code: 404 });
    const unknown = await fetch(`${url}/gorse/api/nothing`);
    expect(unknown.headers.get("content-type")).toMatch("text/plain");
    expect([unknown.status, await unknown.text()]).toEqual([
      404,
      expect.stringMatching(/^not_found: /),
    ]);
    const other = await fetch(`${url}/gorse/api/users`, { method: "PUT" });
    expect([other.status, other.headers.get("allow")]).toEqual([405, "POST, GET, HEAD"]);
  });

  test.each([
    ["/recommend/ann?n=51", `n is "51": send a whole number from 1 to 50`],
    ["/recommend/ann?n=x", `n is "x"`],
    ["/recommend/ann?write-back-type=read&write-back-delay=soon", "write-back-delay"],
    ["/feedback?cursor=oops", "cursor is unknown"],
    ["/items?n=-1", `n is "-1": send a whole number from 1 to 1000`],
  ])("%s is refused", async (path, part) => {
    const { url } = await openGorse();
    const response = await fetch(`${url}/gorse/api${path}`);
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(part)]);
  });

  test("without the configuration there is no such wire", async () => {
    const { url } = await openListeningServer(undefined);
    expect((await fetch(`${url}/gorse/api/users`)).status).toBe(404);
  });

  test("health is that of the record", async () => {
    const { url, store } = await openGorse();
    const ready = await fetch(`${url}/gorse/api/health/ready`);
    expect(await ready.json()).toMatchObject({ Ready: true, DataStoreConnected: true });
    await store.close();
    expect((await fetch(`${url}/gorse/api/health/ready`)).status).toBe(503);
  });
});
