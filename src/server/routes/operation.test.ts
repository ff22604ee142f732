import { expect, test } from "vitest";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";
import { createStartingApp } from "../starting-app.ts";

const recommend = async ({ send }: TestServer, scenario: string) => {
  const candidates = [{ itemId: "a", features: {} }];
  await send("POST", "/api/v1/recommend", { userId: "ada", scenario, slateSize: 1, candidates });
};

testApi([
  {
    name: "a fresh server is well and says who serves",
    method: "GET",
    url: "/health",
    status: 200,
    contains: [
      '{"status":"ok","version":"1.2.3","policyVersions":{"items":1,"ads":3,"feed":5},"promotions":{"items":"automatic","ads":"automatic","feed":"automatic"},"problems":[],"learner":{"up":false,"waitingDecisions":{"items":0,"ads":0,"feed":0}},"pendingErasures":{}}',
    ],
  },
  {
    name: "scenarios are listed as configured, the default one first",
    method: "GET",
    url: "/api/v1/scenarios",
    status: 200,
    contains: [
      '{"scenarios":[{"name":"items","slateSize":10,"excludeSeen":true,"exploration":0.03,"rewardWindowSeconds":1800,"decisions":0}',
      '"name":"ads","slateSize":1',
    ],
  },
]);

test("a scenario counts its own decisions", async () => {
  const server = await openTestServer();
  for (const scenario of ["ads", "ads", "feed"]) await recommend(server, scenario);
  const response = await server.send("GET", "/api/v1/scenarios");
  const { scenarios } = (await response.json()) as {
    scenarios: { name: string; decisions: number }[];
  };
  expect(scenarios.map(({ name, decisions }) => [name, decisions])).toEqual([
    ["items", 0],
    ["ads", 2],
    ["feed", 1],
  ]);
});

test("a server with a problem still answers and says it is degraded", async () => {
  const server = await openTestServer({
    change: (engine) => ({
      ...engine,
      health: async () => ({ ...(await engine.health()), problems: ["policy 1 is corrupt"] }),
    }),
  });
  const response = await server.send("GET", "/health");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: "degraded",
    problems: ["policy 1 is corrupt"],
  });
});

const readMetrics = async ({ send }: TestServer) => (await send("GET", "/metrics")).text();

test("metrics count decisions, events, fallbacks and requests by route and status", async () => {
  const server = await openTestServer({
    change: (engine) => ({
      ...engine,
      recommend: async (input) => {
        const recommendation = await engine.recommend(input);
        return input.scenario === "feed"
          ? { ...recommendation, fallback: "corrupt" }
          : recommendation;
      },
    }),
  });
  await recommend(server, "ads");
  await recommend(server, "feed");
  const event = { type: "click", userId: "ada", itemId: "a", eventId: "e" };
  await server.send("POST", "/api/v1/events", { events: [event, event] });
  await server.send("GET", "/api/v1/items/x");
  await server.send("GET", "/some/path");

  const lines = (await readMetrics(server)).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'recurve_decisions_total{scenario="ads",arm="serving"} 1',
      'recurve_decisions_total{scenario="feed",arm="serving"} 1',
      'recurve_fallbacks_total{scenario="feed"} 1',
      'recurve_events_total{outcome="rewarded"} 1',
      'recurve_events_total{outcome="duplicate"} 1',
      'recurve_serving_policy_version{scenario="ads"} 3',
      'recurve_http_request_duration_seconds_count{method="POST",route="/api/v1/recommend",status="200"} 2',
      'recurve_http_request_duration_seconds_count{method="GET",route="/api/v1/items/:itemId",status="404"} 1',
      'recurve_http_request_duration_seconds_count{method="GET",route="other",status="404"} 1',
    ]),
  );
  expect(lines.some((line) => line.startsWith("process_resident_memory_bytes "))).toBe(true);
  expect(lines.join("\n")).not.toContain('recurve_fallbacks_total{scenario="ads"}');
});

test("metrics tell of the learner, of cycles by outcome, roll-backs, rewards by arm and the record", async () => {
  const { store, clock, advance, ...server } = await openTestServer();
  await recommend(server as TestServer, "ads");
  const event = { type: "click", userId: "ada", itemId: "a" };
  await server.send("POST", "/api/v1/events", { events: [event] });
  advance(1800);
  const cycle = { scenario: "ads", reason: "", throughSequence: 0, record: {} } as const;
  const finish = (outcome: "promote" | "hold") =>
    store.policies.apply({
      cycle: () => ({ ...cycle, outcome, startedAt: clock(), finishedAt: clock() }),
    });
  await finish("hold");
  advance(60);
  await finish("promote");
  await finish("hold");
  await store.policies.apply({ statuses: [{ version: 3, status: "rolled-back" }] });
  await store.heartbeats.beat(clock());
  advance(45);
  const lines = (await readMetrics(server as TestServer)).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "recurve_learner_up 1",
      "recurve_learner_heartbeat_age_seconds 45",
      'recurve_waiting_decisions{scenario="ads"} 1',
      'recurve_cycles_total{scenario="ads",outcome="hold"} 2',
      'recurve_cycles_total{scenario="ads",outcome="promote"} 1',
      'recurve_last_cycle_age_seconds{scenario="ads"} 45',
      'recurve_rolled_back_policies{scenario="ads"} 1',
      'recurve_mean_reward{scenario="ads",arm="serving"} 1',
      `recurve_database_size_bytes ${await store.sizeBytes()}`,
    ]),
  );
  const again = (await readMetrics(server as TestServer)).split("\n");
  expect(again).toContain('recurve_cycles_total{scenario="ads",outcome="hold"} 2');
  expect(again.filter((line) => line.startsWith("recurve_mean_reward{"))).toHaveLength(1);
  advance(256);
  expect(await readMetrics(server as TestServer)).toContain("recurve_learner_up 0\n");
});

test("a server is ready until it closes or its record can't be read", async () => {
  let closing = false;
  const server = await openTestServer({ isClosing: () => closing });
  const ask = async () => {
    const response = await server.send("GET", "/ready");
    return [response.status, await response.json()];
  };
  expect(await ask()).toEqual([200, { status: "ready" }]);
  closing = true;
  expect(await ask()).toMatchObject([503, { error: { code: "not_ready" } }]);
  expect((await server.send("GET", "/health")).status).toBe(200);
  closing = false;
  await server.store.close();
  expect(await ask()).toMatchObject([503, { error: { code: "storage_unavailable" } }]);
  expect(server.logged).toEqual(["GET /ready: the store is closed"]);
});

test("a server that starts answers that it is not ready, whatever is asked", async () => {
  const app = createStartingApp();
  for (const path of ["/ready", "/health", "/api/v1/items"]) {
    const response = await app.request(path);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: {
        code: "not_ready",
        message: "the server is starting; send the request again in some seconds",
        requestId: response.headers.get("x-request-id"),
      },
    });
  }
});

test("metrics of the process are answered while the record is away", async () => {
  const server = await openTestServer({
    change: (engine) => ({ ...engine, health: () => Promise.reject(new Error("gone")) }),
  });
  const text = await readMetrics(server);
  expect(text).toContain("process_resident_memory_bytes ");
  expect(text).not.toContain("recurve_serving_policy_version{");
  expect(text).not.toMatch(/^recurve_(learner_up|database_size_bytes) /m);
});
