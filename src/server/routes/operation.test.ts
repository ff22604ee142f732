import { expect, test } from "vitest";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";

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
      '{"status":"ok","version":"1.2.3","policyVersions":{"items":1,"ads":3,"feed":5},"promotions":{"items":"automatic","ads":"automatic","feed":"automatic"},"problems":[]}',
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
      health: async () => ({
        policyVersions: {},
        promotions: {},
        problems: ["policy 1 is corrupt"],
      }),
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

test("metrics of the process are answered while the record is away", async () => {
  const server = await openTestServer({
    change: (engine) => ({ ...engine, health: () => Promise.reject(new Error("gone")) }),
  });
  const text = await readMetrics(server);
  expect(text).toContain("process_resident_memory_bytes ");
  expect(text).not.toContain("recurve_serving_policy_version{");
});
