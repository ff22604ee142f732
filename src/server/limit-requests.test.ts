import { Hono } from "hono";
import { expect, test } from "vitest";
import { openTestServer } from "../../tests/support/server.ts";
import type { Keyring } from "../engine/keys/keyring.ts";
import type { ServerEnv } from "./app.ts";
import { limitRequests } from "./limit-requests.ts";

/** Each text is a key with that name, and none is needed. */
const namedKeys: Keyring = {
  authenticate: async (name) =>
    name === undefined ? undefined : { name, scopes: ["admin"], hash: name, createdAt: 0 },
};

/** A server whose recommendations wait until they are let go. */
async function openSlowServer(maxRequests: number, keyShare = 1) {
  let letGo = () => {};
  let arrived = 0;
  const wait = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { app } = await openTestServer({
    guard: () => ({ maxRequests, keyShare, keyring: namedKeys }),
    change: (engine) => ({
      ...engine,
      recommend: async (request) => {
        arrived += 1;
        await wait;
        return engine.recommend(request);
      },
      recommendBatch: async (batch) => {
        arrived += 1;
        await wait;
        return engine.recommendBatch(batch);
      },
    }),
  });
  const request = { userId: "u", slateSize: 1, candidates: [{ itemId: "a", features: {} }] };
  const post = (url: string, body: unknown, key?: string) =>
    app.request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
    });
  const recommend = (key?: string) => post("/api/v1/recommend", request, key);
  const recommendBatch = (slates: number, key?: string) =>
    post("/api/v1/recommend/batch", { requests: Array(slates).fill(request) }, key);
  const underWay = async (requests: number) => {
    while (arrived < requests) await new Promise(setImmediate);
  };
  return { app, recommend, recommendBatch, underWay, letGo: () => letGo() };
}

test("requests beyond the limit are refused at once, and those under way are answered", async () => {
  const { recommend, letGo } = await openSlowServer(3);
  const taken = [recommend(), recommend(), recommend()];
  const refused = await recommend();
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({
    error: { code: "overloaded", details: { limit: 3 } },
  });
  letGo();
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200, 200]);
  // Their places are free again, also those of requests that failed.
  expect((await recommend()).status).toBe(200);
});

test("a batch takes the places of all its slates", async () => {
  const { recommend, recommendBatch, underWay, letGo } = await openSlowServer(5);
  const taken = [recommend(), recommendBatch(3), recommend()];
  await underWay(3);
  const refused = await recommend();
  expect([refused.status, (await recommendBatch(1)).status]).toEqual([503, 503]);
  letGo();
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200, 200]);
  // A batch beside others has to fit; alone it is taken whatever its size.
  const other = await openSlowServer(5);
  const alone = other.recommend();
  await other.underWay(1);
  expect((await other.recommendBatch(5)).status).toBe(503);
  other.letGo();
  await alone;
  expect((await other.recommendBatch(8)).status).toBe(200);
  expect((await other.recommend()).status).toBe(200);
});

test("health, metrics and readiness are answered in an overload", async () => {
  const { app, recommend, letGo } = await openSlowServer(1);
  const taken = recommend();
  for (const path of ["/health", "/metrics", "/ready"])
    expect([path, (await app.request(path)).status]).toEqual([path, 200]);
  expect((await app.request("/api/v1/policies")).status).toBe(503);
  letGo();
  expect((await taken).status).toBe(200);
});

test("one key has its share of the places, and another key finds one; a batch counts by its slates", async () => {
  const { recommend, recommendBatch, underWay, letGo } = await openSlowServer(8, 0.5);
  const taken = [recommend("page"), recommendBatch(2, "page"), recommend("page")];
  await underWay(3);
  for (const refused of [await recommend("page"), await recommendBatch(3, "page")]) {
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await refused.json()).toMatchObject({
      error: {
        code: "too_many_requests",
        message: expect.stringMatching(/^key 'page' has 50 % .*raise server\.keyShare/),
        details: { key: "page", share: 0.5 },
      },
    });
  }
  taken.push(recommend("letter"), recommendBatch(3, "letter"));
  await underWay(5);
  // All places are taken now, and no key has more than its share.
  expect((await recommend("other")).status).toBe(503);
  letGo();
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual(Array(5).fill(200));
  expect((await recommendBatch(6, "page")).status).toBe(200);
  expect((await recommend("page")).status).toBe(200);
});

test("a batch that does not fit a key's share beside its other requests gives its places back", async () => {
  const { recommend, recommendBatch, underWay, letGo } = await openSlowServer(8, 0.5);
  const taken = [recommend("page"), recommend("page")];
  await underWay(2);
  for (let time = 0; time < 3; time++) expect((await recommendBatch(3, "page")).status).toBe(429);
  taken.push(recommendBatch(2, "page"));
  await underWay(3);
  letGo();
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test("a failed request gives its place back", async () => {
  const { app } = await openSlowServer(1);
  for (let time = 0; time < 3; time++)
    expect((await app.request("/api/v1/items/none")).status).toBe(404);
});

/** Users are looked for in that many seconds of the server's clock, one after another. */
async function openBusyServer(seconds: number) {
  const { app, advance } = await openTestServer({
    guard: () => ({ maxRequests: 200, keyShare: 0.75, keyring: namedKeys }),
    change: (engine) => ({
      ...engine,
      findUser: async (id) => {
        advance(seconds);
        return engine.findUser(id);
      },
    }),
  });
  const askAtOnce = async (count: number, headers = {}) => {
    const answers = await Promise.all(
      Array.from({ length: count }, () => app.request("/api/v1/users/none", { headers })),
    );
    const refused = answers.filter(({ status }) => status === 503);
    return { answered: answers.filter(({ status }) => status === 404).length, refused };
  };
  return { app, advance, askAtOnce };
}

test("a busy server refuses requests that would wait long, by the time of its last answers", async () => {
  const { app, advance, askAtOnce } = await openBusyServer(0.05);
  expect(await askAtOnce(40)).toMatchObject({ answered: 40 });
  const { answered, refused } = await askAtOnce(40);
  expect(answered).toBe(16);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect(await refused[0]?.json()).toMatchObject({
    error: { code: "overloaded", details: { limitMs: 100 } },
  });
  // Of one key three quarters are taken: of twelve, and of sixteen a second later.
  const byKey = { authorization: "Bearer page" };
  const ofKey = await askAtOnce(40, byKey);
  expect([ofKey.answered, ofKey.refused.length]).toEqual([9, 0]);
  advance(1);
  expect((await askAtOnce(40, byKey)).answered).toBe(12);
  // One at a time finds an idle server again.
  expect((await app.request("/api/v1/users/none")).status).toBe(404);
});

test("a burst may wait, but a queue that stays is cut to twelve", async () => {
  const { advance, askAtOnce } = await openBusyServer(0.002);
  for (let burst = 0; burst < 5; burst++) await askAtOnce(45);
  // 2 ms each: fifty are answered in 100 ms.
  const first = await askAtOnce(100);
  expect(first.answered).toBeGreaterThan(40);
  expect(first.answered).toBeLessThan(60);
  const next = await askAtOnce(100);
  expect(next.answered).toBe(12);
  expect(await next.refused[0]?.json()).toMatchObject({
    error: {
      code: "overloaded",
      message: expect.stringContaining("takes 12 at a time until it has refused none for a second"),
      details: { limit: 12 },
    },
  });
  advance(0.9);
  expect((await askAtOnce(20)).answered).toBe(12);
  advance(1);
  expect((await askAtOnce(100)).answered).toBe(first.answered);
  // A clock that is set back does not make it last.
  advance(-3600);
  expect((await askAtOnce(100)).answered).toBeGreaterThan(40);
});

test.each([
  ["for their wait", 200],
  ["for their number", 16],
])("the event loop turns between refusals %s, as between requests", async (_, maxRequests) => {
  let [now, turns] = [0, 0];
  const seen: number[] = [];
  const app = new Hono<ServerEnv>();
  app.use(limitRequests({ maxRequests, keyShare: 1 }, () => now));
  app.get("/api/v1/users/:userId", (context) => {
    now += 50;
    return context.body(null);
  });
  app.onError((_, context) => {
    const end = performance.now() + 12;
    while (performance.now() < end);
    seen.push(turns);
    return context.body(null, 503);
  });
  const askAtOnce = (count: number) =>
    Promise.all(Array.from({ length: count }, () => app.request("/api/v1/users/none")));
  await askAtOnce(40);
  seen.length = 0;
  let isOver = false;
  const refusing = askAtOnce(26).then(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise(setImmediate);
    turns += 1;
  }
  await refusing;
  expect(seen).toHaveLength(10);
  for (const [index, turn] of seen.entries())
    if (index > 0) expect(turn - seen[index - 1]!).toBeGreaterThanOrEqual(16);
});
