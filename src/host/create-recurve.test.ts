import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createTestFolder } from "../../tests/support/store.ts";
import { itemId, userId } from "../domain/ids.ts";
import { openStore } from "../engine/open-store.ts";
import { createRandom } from "../numeric/random.ts";
import { createRecurve } from "./create-recurve.ts";
import type { RecurveOptions } from "./recurve.ts";

const items = ["tea", "mug", "pot"].map((id) => ({
  itemId: itemId(id),
  categories: [],
  attributes: {},
  available: true,
}));
const ada = userId("ada");

/** Without a learner, which is a process of the built package (tests/e2e/embedded.test.ts). */
async function open(options: Partial<RecurveOptions> = {}) {
  const recurve = await createRecurve({ database: ":memory:", learner: false, ...options });
  onTestFinished(() => recurve.close());
  await recurve.putItems(items);
  return recurve;
}

test("a database is enough: the default scenarios answer", async () => {
  const recurve = await open();
  expect(recurve.scenarios.map(({ name }) => name)).toEqual(["items", "ads", "feed"]);
  const { decision } = await recurve.recommend({ userId: ada });
  expect(new Set(decision.slate)).toEqual(new Set(["tea", "mug", "pot"]));
  expect(await recurve.countDecisions("items")).toBe(1);
});

test("configuration, clock, random numbers and ids are those that are given", async () => {
  const reward = { weights: { click: 1 }, windowSeconds: 60, maximum: 1 };
  const slates = await Promise.all(
    [1, 2].map(async () => {
      const recurve = await open({
        configuration: { scenarios: [{ name: "shelf", slateSize: 2, excludeSeen: true, reward }] },
        clock: () => 5000,
        random: createRandom(3),
        createId: () => "d-1",
      });
      const { decision } = await recurve.recommend({ userId: ada });
      expect(decision).toMatchObject({
        scenario: "shelf",
        decisionId: "d-1",
        decidedAt: 5000,
        expiresAt: 71_000,
      });
      return decision.slate;
    }),
  );
  expect(slates[0]).toEqual(slates[1]);
});

describe("a wrong option is refused by name, with its value and a remedy, and nothing is created:", () => {
  const refusals: readonly (readonly [unknown, RegExp])[] = [
    [{}, /option: database is missing: must be the path of an SQLite file; see docs\/guides\/emb/],
    [{ database: "" }, /database is "": must be the path/],
    [undefined, /\(whole\) is missing/],
    [
      { database: "x.db", learn: false },
      /option: learn is unknown; remove it or check its spelling/,
    ],
    [{ database: "x.db", learner: "no" }, /learner is "no": expected boolean/],
    [{ database: "x.db", clock: 5 }, /clock is 5: must be a function/],
    [{ database: "x.db", log: {} }, /log is {}: must have the methods warn, error/],
    [{ database: ":memory:" }, /database is ":memory:".*name a file, or add learner: false/],
    [
      { database: "x.db", configuration: { scenarios: [] } },
      /^configuration has a wrong field: scen/,
    ],
  ];
  test.each(refusals)("%j", async (options, message) => {
    await expect(createRecurve(options as RecurveOptions)).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringMatching(message),
    });
  });
});

describe("close", () => {
  test("waits for calls under way, and refuses every later one", async () => {
    const path = join(createTestFolder(), "shop.db");
    const recurve = await open({ database: path });
    const underWay = Promise.all([1, 2, 3].map(() => recurve.recommend({ userId: ada })));
    await Promise.all([recurve.close(), recurve.close()]);
    expect(await underWay).toHaveLength(3);

    const { scenarios: _, fetch: __, listener: ___, close, ...methods } = recurve;
    expect(Object.keys(methods)).toEqual(expect.arrayContaining(["recommend", "record", "health"]));
    for (const method of Object.values(methods))
      await expect((method as () => Promise<unknown>)()).rejects.toMatchObject({ code: "closed" });
    const answer = await recurve.fetch(new Request("http://shop/health"));
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { status: 503, error: { code: "closed" } },
    ]);
    const gorse = await recurve.fetch(new Request("http://shop/gorse/api/users"));
    expect([gorse.status, await gorse.text()]).toEqual([503, expect.stringMatching(/^closed: /)]);
    await close();

    const store = await openStore(path);
    expect(await store.decisions.count()).toBe(3);
    await store.close();
  });

  test("comes after the requests under way over HTTP", async () => {
    const recurve = await open();
    const body = JSON.stringify({ userId: "ada" });
    const headers = { "content-type": "application/json" };
    const url = "http://shop/api/v1/recommend";
    const underWay = recurve.fetch(new Request(url, { method: "POST", headers, body }));
    await recurve.close();
    expect((await underWay).status).toBe(200);
  });
});

test("the listener serves API and dashboard in a server of another program, whose globals stay as they are", async () => {
  const { Request: ownRequest, Response: ownResponse } = globalThis;
  const recurve = await open();
  const server = createServer((request, response) => {
    // As Express does for `app.use("/recurve", recurve.listener)`.
    request.url = request.url?.replace(/^\/recurve/, "") ?? "/";
    recurve.listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const read = await fetch(`http://127.0.0.1:${port}/recurve/api/v1/items/tea`);
  expect(await read.json()).toMatchObject({ itemId: "tea" });
  expect([globalThis.Request, globalThis.Response]).toEqual([ownRequest, ownResponse]);
});

test("a body that another program has read is refused with the remedy", async () => {
  const recurve = await open();
  const server = createServer(async (request, response) => {
    // As Express does for `app.use(express.json())`.
    await request.toArray();
    recurve.listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const headers = { "content-type": "application/json" };
  const url = `http://127.0.0.1:${port}/api/v1/recommend`;
  const answer = await fetch(url, { method: "POST", headers, body: '{"userId":"ann"}' });
  expect(answer.status).toBe(400);
  const message = expect.stringContaining("before body parsers such as express.json()");
  expect(await answer.json()).toMatchObject({ error: { code: "invalid_request", message } });
  expect((await fetch(`http://127.0.0.1:${port}/api/v1/items/tea`)).status).toBe(200);
});

test("a failed request is logged where the lines were asked for", async () => {
  const lines: string[] = [];
  const log = { warn: () => {}, error: (line: string) => void lines.push(line) };
  const recurve = await open({
    log,
    createId: () => {
      throw new Error("no more ids");
    },
  });
  const answer = await recurve.fetch(
    new Request("http://shop/api/v1/recommend", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ userId: "ada" }),
    }),
  );
  expect(answer.status).toBe(500);
  expect(lines).toEqual([expect.stringMatching(/recommend failed .*no more ids/)]);
});
