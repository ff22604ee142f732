import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openTestServer } from "../../tests/support/server.ts";
import { createKeyring } from "../engine/keys/keyring.ts";
import { createKey } from "../engine/keys/manage-keys.ts";
import { type ApiError, createClient } from "../sdk/client.ts";
import { listen } from "./listen.ts";

const host = "127.0.0.1";

async function open(options: Parameters<typeof openTestServer>[0] = {}) {
  const server = await openTestServer(options);
  const listening = await listen({ app: server.app, host, port: 0 });
  onTestFinished(listening.close);
  return { ...server, ...listening };
}

test("the loop runs over a socket, from items to the decision and its reward", async () => {
  const { url, advance } = await open();
  const client = createClient({ baseUrl: `${url}/` });
  const items = ["a", "b/c", "d"].map((itemId) => ({ itemId }));
  expect(await client.putItems(items)).toEqual({ created: 3, updated: 0, unchanged: 0 });
  expect(await client.putUser({ userId: "ada", attributes: { age: 36 } })).toMatchObject({
    created: 1,
  });

  const { slate, decisionId } = await client.recommend({ userId: "ada", slateSize: 2, seed: 3 });
  const event = { type: "click", userId: "ada", itemId: slate[0]!.itemId, decisionId };
  const sent = await client.sendEvents([event]);
  expect(sent.outcomes).toEqual(["rewarded"]);

  const decision = await client.getDecision(decisionId);
  expect(decision.slate).toEqual(slate);
  expect(decision.rewards).toEqual([1, null]);
  expect(decision.profile.attributes).toEqual({ age: 36 });
  advance(1860);
  const { points } = await client.getRewardSeries({ bucketSeconds: 60 });
  expect(points.map(({ decisions, meanReward }) => [decisions, meanReward])).toEqual([[1, 1]]);
  expect((await client.listScenarios()).scenarios[0]).toMatchObject({ decisions: 1 });
  expect(await client.getHealth()).toMatchObject({ status: "ok", version: "1.2.3" });
});

test("a busy port is named, with the remedy", async () => {
  const { app, url } = await open();
  const port = Number(new URL(url).port);
  await expect(listen({ app, host, port })).rejects.toMatchObject({
    code: "port_in_use",
    message: `port ${port} on ${host} is in use; stop the process that uses it, or choose another with --port`,
    details: { host, port },
  });
});

test("an address that isn't this machine's is refused as configuration", async () => {
  const { app } = await openTestServer();
  // Reserved for documentation (RFC 5737), so no machine has it.
  await expect(listen({ app, host: "192.0.2.1", port: 0 })).rejects.toMatchObject({
    code: "invalid_configuration",
    details: { host: "192.0.2.1", port: 0 },
  });
});

test("an IPv6 host is an address that a client can use", async () => {
  const { app } = await openTestServer();
  const listening = await listen({ app, host: "::1", port: 0 });
  onTestFinished(listening.close);
  expect(listening.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await createClient({ baseUrl: listening.url }).getHealth()).status).toBe("ok");
});

test("closing answers the request under way and takes no new one", async () => {
  const gate: { arrived?: () => void; open?: () => void } = {};
  const arrived = new Promise<void>((resolve) => {
    gate.arrived = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    gate.open = resolve;
  });
  const { url, close } = await open({
    change: (engine) => ({
      ...engine,
      health: async () => {
        gate.arrived?.();
        await opened;
        return engine.health();
      },
    }),
  });
  const client = createClient({ baseUrl: url });
  const underWay = client.getHealth();
  await arrived;
  let closed = false;
  const closing = close().then(() => {
    closed = true;
  });
  await expect(client.listScenarios()).rejects.toMatchObject({ code: "unreachable" });
  expect(closed).toBe(false);
  gate.open?.();
  expect(await underWay).toMatchObject({ status: "ok" });
  const startedAt = performance.now();
  await closing;
  // An idle connection that is kept lasts seconds longer.
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

test("closing twice is closing once", async () => {
  const { close } = await open();
  await Promise.all([close(), close()]);
  await expect(close()).resolves.toBeUndefined();
});

test("a body that is too large is refused before it has all come", async () => {
  const { url } = await open();
  const headers = { "content-type": "application/json", "content-length": 2 ** 30 };
  const status = await new Promise((resolve, reject) => {
    const sending = request(`${url}/api/v1/events`, { method: "POST", headers }, (response) => {
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.on("error", reject);
    sending.write('{"events":[');
  });
  expect(status).toBe(413);
});

test("a body without a stated length is counted as it comes", async () => {
  const { url } = await open();
  const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
  const status = await new Promise((resolve, reject) => {
    const sending = request(`${url}/api/v1/events`, { method: "POST", headers }, (response) => {
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.on("error", reject);
    sending.end(Buffer.alloc(2 ** 20 + 1, " "));
  });
  expect(status).toBe(413);
});

/** A socket that sends these bytes and nothing more; resolves at its end with all that came back. */
async function stall(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => undefined);
  const closed = once(socket, "close");
  socket.write(text);
  await closed;
  return Buffer.concat(chunks).toString();
}

test.runIf(process.env.RECURVE_FULL)(
  "headers and bodies that stop coming are answered in JSON, and take no place of the requests under way",
  { timeout: 120_000 },
  async () => {
    const { url } = await open({ guard: () => ({ maxRequests: 2 }) });
    const head =
      "POST /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n";
    const slow = Array.from({ length: 1000 }, (_, index) =>
      stall(url, index % 2 === 0 ? head : `${head}content-length: 20\r\n\r\n{"events":[`),
    );
    const client = createClient({ baseUrl: url });
    expect(await client.putItems([{ itemId: "a" }])).toMatchObject({ created: 1 });
    for (const answer of await Promise.all(slow)) {
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer).toContain('"code":"invalid_request"');
    }
  },
);

test("connections beyond the limit are closed with a warning, and idle ones make room for the next", async () => {
  const { app } = await openTestServer();
  const warnings: string[] = [];
  const listening = await listen({
    app,
    host,
    port: 0,
    maxConnections: 3,
    logWarning: (line) => warnings.push(line),
  });
  onTestFinished(listening.close);
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request(`${listening.url}/ready`, { agent }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      asked.on("error", reject).end();
    });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([200, 200, 200]);
  // The three stay open, and are idle.
  expect(await stall(listening.url, "")).toBe("");
  const last = "GET /ready HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
  expect(await stall(listening.url, last)).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(warnings).toEqual([expect.stringContaining("3 connections are open, the limit")]);
});

test("a client that fills its key's share over many sockets leaves room for another key", async () => {
  let letGo = () => {};
  const wait = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { url, store, clock } = await open({
    guard: ({ store: keys, clock: now }) => ({
      maxRequests: 4,
      keyShare: 0.75,
      keyring: createKeyring(keys, { clock: now, isClosed: true }),
    }),
    change: (engine) => ({
      ...engine,
      findUser: async (id) => {
        if (id === "slow") await wait;
        return engine.findUser(id);
      },
    }),
  });
  const clientOf = async (name: string) => {
    const apiKey = await createKey(store, { name, scopes: ["read"], now: clock() });
    return createClient({ baseUrl: url, apiKey });
  };
  const [greedy, modest] = [await clientOf("greedy"), await clientOf("modest")];
  const codeOf = (asked: Promise<unknown>) =>
    asked.then(
      () => "answered",
      (error: ApiError) => error.code,
    );
  const refused: string[] = [];
  const codes = Array.from({ length: 10 }, async () => {
    const code = await codeOf(greedy.getUser("slow"));
    if (code === "too_many_requests") refused.push(code);
    return code;
  });
  await expect.poll(() => refused.length).toBe(7);
  expect(await codeOf(greedy.getUser("other"))).toBe("too_many_requests");
  expect(await codeOf(modest.getUser("other"))).toBe("not_found");
  letGo();
  const count = (await Promise.all(codes)).filter((code) => code === "not_found").length;
  expect(count).toBe(3);
  expect(await codeOf(greedy.getUser("other"))).toBe("not_found");
});
