import { expect, test } from "vitest";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";
import type { RewardSeriesResponse } from "../../contract/reward-series.ts";

const url = "/api/v1/reward-series";

async function decide({ send }: TestServer): Promise<void> {
  const candidates = [{ itemId: "a", features: {} }];
  await send("POST", "/api/v1/recommend", { userId: "ada", scenario: "ads", candidates });
}

/** Two decisions within the hour, one of them clicked; a third one two hours later. All windows but that of a fourth are closed. */
async function arrange(server: TestServer): Promise<void> {
  await decide(server);
  const click = { type: "click", userId: "ada", itemId: "a", decisionId: "d-1" };
  await server.send("POST", "/api/v1/events", { events: [{ ...click, value: 2 }] });
  server.advance(600);
  await decide(server);
  server.advance(7200);
  await decide(server);
  server.advance(2400);
  await decide(server);
}

test("the series has the mean reward of each hour's closed decisions, clipped to the range", async () => {
  const server = await openTestServer({
    configuration: {
      scenarios: [
        {
          name: "ads",
          slateSize: 1,
          excludeSeen: false,
          reward: {
            weights: { click: 3 },
            windowSeconds: 60,
            graceSeconds: 0,
            defaultReward: 1,
            maximum: 5,
          },
        },
      ],
      baselineShare: 0,
    },
  });
  await arrange(server);
  const response = await server.send("GET", url);
  expect((await response.json()) as RewardSeriesResponse).toEqual({
    scenario: "ads",
    bucketSeconds: 3600,
    points: [
      // (2 × 3, of which 5 count, + the default 1) / 2
      { from: "2026-03-01T12:00:00.000Z", arm: "serving", decisions: 2, meanReward: 3 },
      { from: "2026-03-01T14:00:00.000Z", arm: "serving", decisions: 1, meanReward: 1 },
    ],
    comparison: {
      from: "2026-03-01T12:00:00.000Z",
      seconds: 3 * 3600,
      serving: {
        // Over the hours, of two decisions and one: √(2 · ((2 · 2/3)² + (4/3)²)) / 3.
        mean: 7 / 3,
        standardError: 8 / 9,
        decisions: 3,
        buckets: 2,
      },
      needed: { decisions: 100, buckets: 8 },
    },
  });
});

testApi(
  [
    {
      name: "earlier decisions than asked for are left out",
      method: "GET",
      url: `${url}?scenario=ads&bucketSeconds=60&since=2026-03-01T14:00:00Z`,
      status: 200,
      contains: ['"bucketSeconds":60,"points":[{"from":"2026-03-01T14:10:00.000Z"'],
      lacks: ["T12:"],
    },
    {
      name: "a span of more than 10,000 buckets is refused",
      method: "GET",
      url: `${url}?bucketSeconds=60&since=2026-02-01T00:00:00Z`,
      status: 400,
      contains: ["since is 2026-02-01T00:00:00.000Z", "10000 buckets"],
    },
    {
      name: "a bucket of less than five seconds is refused",
      method: "GET",
      url: `${url}?bucketSeconds=1`,
      status: 400,
      contains: ["query field bucketSeconds is", "from 5 to 31536000"],
    },
    {
      name: "a time that is none is refused",
      method: "GET",
      url: `${url}?since=yesterday`,
      status: 400,
      contains: ["query field since is", "send a time with its zone"],
    },
    {
      name: "a scenario that nobody configured has no series",
      method: "GET",
      url: `${url}?scenario=video`,
      status: 422,
      contains: ['"code":"unknown_scenario"'],
    },
  ],
  arrange,
);
