import { expect, test } from "vitest";
import { createClient, type RecurveClient } from "../../src/sdk/client.ts";
import { loadLoop, pickScenario, scenarioLabel } from "./load-loop.ts";

const now = Date.parse("2026-11-25T12:00:00Z");
const day = 86_400;

function scenario(name: string, decisions: number) {
  const rule = { slateSize: 5, excludeSeen: true, exploration: 0.03, rewardWindowSeconds: 1800 };
  return { name, decisions, ...rule };
}

/** A server in a function: its loop began an hour before `now`, or never. Notes the URLs that were asked for. */
function serve(decisions: number): { client: RecurveClient; asked: string[] } {
  const asked: string[] = [];
  const began = now - 3_600_000;
  const answerSeries = (query: URLSearchParams) => {
    const bucketSeconds = Number(query.get("bucketSeconds"));
    const start = Math.floor(began / 1000 / bucketSeconds) * bucketSeconds;
    const from = new Date(start * 1000).toISOString();
    const points = [{ from, arm: "serving", decisions, meanReward: 0.5 }];
    return { scenario: query.get("scenario"), bucketSeconds, points: decisions > 0 ? points : [] };
  };
  const answer = (url: URL): unknown => {
    if (url.pathname === "/health") return { status: "ok", problems: [] };
    if (url.pathname.endsWith("/scenarios"))
      return { scenarios: [scenario("items", 0), scenario("ads", decisions)] };
    if (url.pathname.endsWith("/interventions")) return { interventions: [] };
    if (url.pathname.endsWith("/policies")) return { canaryShare: 0, policies: [] };
    return url.pathname.endsWith("/cycles") ? { cycles: [] } : answerSeries(url.searchParams);
  };
  const client = createClient({
    baseUrl: "http://loop",
    fetch: (url) => {
      asked.push(url.replace("http://loop", ""));
      return Promise.resolve(Response.json(answer(new URL(url))));
    },
  });
  return { client, asked };
}

const view = { scenario: undefined, rangeSeconds: day };

test("the first scenario with decisions is shown, unless another one is chosen", () => {
  const scenarios = [scenario("items", 0), scenario("ads", 5), scenario("feed", 9)];
  expect(pickScenario(scenarios, undefined).name).toBe("ads");
  expect(pickScenario(scenarios, "items").name).toBe("items");
  expect(pickScenario(scenarios, "gone").name).toBe("ads");
  expect(pickScenario(scenarios.slice(0, 1), undefined).name).toBe("items");
  expect(() => pickScenario([], undefined)).toThrow("no scenario");
});

test("a scenario without decisions is listed as one, and shown where it is chosen", async () => {
  expect([scenario("items", 0), scenario("ads", 5)].map(scenarioLabel)).toEqual([
    "items (no decisions)",
    "ads",
  ]);
  const { client } = serve(40);
  const data = await loadLoop(client, { ...view, scenario: "items" }, undefined, now);
  expect(data.scenarios.map(({ name }) => name)).toEqual(["items", "ads"]);
  expect(data.scenario.name).toBe("items");
});

test("the series narrows to the part of the range that has decisions", async () => {
  const { client, asked } = serve(40);
  const data = await loadLoop(client, view, undefined, now);
  expect(data.scenario.name).toBe("ads");
  expect(data.series.bucketSeconds).toBe(60);
  expect(asked.filter((url) => url.includes("reward-series"))).toEqual([
    "/api/v1/reward-series?scenario=ads&bucketSeconds=1800&since=2026-11-24T12%3A00%3A00.000Z",
    "/api/v1/reward-series?scenario=ads&bucketSeconds=60&since=2026-11-25T11%3A00%3A00.000Z",
  ]);
});

test("a later look starts where the series starts and asks once, and not before it can have changed", async () => {
  const { client, asked } = serve(40);
  const first = await loadLoop(client, view, undefined, now);
  asked.length = 0;
  const again = await loadLoop(client, view, first, now + 1999);
  expect(again.series).toBe(first.series);
  const later = await loadLoop(client, view, again, now + 2000);
  expect(later.seriesLoadedAt).toBe(now + 2000);
  expect(asked.filter((url) => url.includes("reward-series"))).toEqual([
    "/api/v1/reward-series?scenario=ads&bucketSeconds=60&since=2026-11-25T11%3A00%3A00.000Z",
  ]);
});

test("the decisions of a scenario are counted at each look, anew where another one is shown", async () => {
  const { client } = serve(40);
  const first = await loadLoop(client, view, undefined, now);
  const second = await loadLoop(client, view, first, now + 2000);
  expect(second.decisionCounts).toEqual([
    { at: now, decisions: 40 },
    { at: now + 2000, decisions: 40 },
  ]);
  const other = await loadLoop(client, { ...view, scenario: "items" }, second, now + 4000);
  expect(other.decisionCounts).toEqual([{ at: now + 4000, decisions: 0 }]);
});

test("a loop without decisions shows the first scenario and an empty series, which is read at each look", async () => {
  const { client } = serve(0);
  const data = await loadLoop(client, view, undefined, now);
  expect(data.scenario.name).toBe("items");
  expect(data.series.points).toEqual([]);
  const later = await loadLoop(client, view, data, now + 2000);
  expect(later.seriesLoadedAt).toBe(now + 2000);
});
