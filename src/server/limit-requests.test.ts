import { expect, test } from "vitest";
import { openTestServer } from "../../tests/support/server.ts";

/** A server whose recommendations wait until they are let go. */
async function openSlowServer(maxRequests: number) {
  let letGo = () => {};
  let arrived = 0;
  const wait = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { app } = await openTestServer({
    guard: () => ({ maxRequests }),
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
  const post = (url: string, body: unknown) =>
    app.request(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const recommend = () => post("/api/v1/recommend", request);
  const recommendBatch = (slates: number) =>
    post("/api/v1/recommend/batch", { requests: Array(slates).fill(request) });
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

test("a failed request gives its place back", async () => {
  const { app } = await openSlowServer(1);
  for (let time = 0; time < 3; time++)
    expect((await app.request("/api/v1/items/none")).status).toBe(404);
});

test("a busy server refuses requests that would wait long, by the time of its last answers", async () => {
  const { app, advance } = await openTestServer({
    guard: () => ({ maxRequests: 200 }),
    change: (engine) => ({
      ...engine,
      findUser: async (id) => {
        advance(0.05);
        return engine.findUser(id);
      },
    }),
  });
  const askAtOnce = async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => app.request("/api/v1/users/none")),
    );
    const refused = answers.filter(({ status }) => status === 503);
    return { answered: answers.length - refused.length, refused };
  };
  expect(await askAtOnce()).toMatchObject({ answered: 40 });
  const { answered, refused } = await askAtOnce();
  expect(answered).toBe(16);
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect(await refused[0]?.json()).toMatchObject({
    error: { code: "overloaded", details: { limitMs: 100 } },
  });
  // One at a time finds an idle server again.
  expect((await app.request("/api/v1/users/none")).status).toBe(404);
});
