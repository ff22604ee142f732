import { expect, test } from "vitest";
import { openTestServer } from "../../tests/support/server.ts";
import type { Keyring } from "../engine/keys/keyring.ts";

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

test("a busy server refuses requests that would wait long, by the time of its last answers", async () => {
  const { app, advance } = await openTestServer({
    guard: () => ({ maxRequests: 200, keyShare: 0.75, keyring: namedKeys }),
    change: (engine) => ({
      ...engine,
      findUser: async (id) => {
        advance(0.05);
        return engine.findUser(id);
      },
    }),
  });
  const askAtOnce = async (headers = {}) => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => app.request("/api/v1/users/none", { headers })),
    );
    const refused = answers.filter(({ status }) => status === 503);
    return { answered: answers.filter(({ status }) => status === 404).length, refused };
  };
  expect(await askAtOnce()).toMatchObject({ answered: 40 });
  const { answered, refused } = await askAtOnce();
  expect(answered).toBe(16);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect(await refused[0]?.json()).toMatchObject({
    error: { code: "overloaded", details: { limitMs: 100 } },
  });
  // Of one key fewer are taken.
  const ofKey = await askAtOnce({ authorization: "Bearer page" });
  expect([ofKey.answered, ofKey.refused.length]).toEqual([12, 0]);
  // One at a time finds an idle server again.
  expect((await app.request("/api/v1/users/none")).status).toBe(404);
});
