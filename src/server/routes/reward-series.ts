import { createRoute, z } from "@hono/zod-openapi";
import { type RewardSeriesQuery, type RewardSeriesResponse, routes } from "../../contract/api.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import { bucketSeconds } from "../../engine/input/schemas.ts";
import { defaultBucketSeconds, defaultBuckets, maxBuckets } from "../../engine/reward-series.ts";
import type { App, RouteParts } from "../app.ts";
import { arm, count, firstScenario, numberText, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const rewardSeriesQuery = z.strictObject({
  scenario: optional(name),
  bucketSeconds: optional(numberText(bucketSeconds.meta({ default: defaultBucketSeconds }))),
  since: optional(time),
});
wire<RewardSeriesQuery>()(rewardSeriesQuery);

const rewardSeriesResponse = wire<RewardSeriesResponse>()(
  z
    .strictObject({
      scenario: name,
      bucketSeconds: count,
      points: z.array(
        z.strictObject({ from: time, arm, decisions: count, meanReward: z.number() }),
      ),
    })
    .openapi("RewardSeriesResponse"),
);

const rewardSeriesRoute = createRoute({
  method: "get",
  path: routes.rewardSeries,
  operationId: "getRewardSeries",
  tags: ["learning"],
  summary: "Mean reward by time and arm",
  description: `Mean reward of a decision by the time of the decision, as it is learnt: decisions whose reward window has closed, defaults included, each position clipped to the scenario's range. Default: the last ${defaultBuckets} buckets; at most ${maxBuckets}.`,
  request: { query: rewardSeriesQuery },
  responses: {
    200: answer("The points, oldest first", rewardSeriesResponse, {
      scenario: "items",
      bucketSeconds: 3600,
      points: [
        { from: "2026-03-01T12:00:00.000Z", arm: "serving", decisions: 812, meanReward: 0.31 },
      ],
    }),
    ...failures("invalid_request", "unknown_scenario"),
  },
});

export function addRewardSeries(app: App, { engine }: RouteParts): void {
  app.openapi(rewardSeriesRoute, async (context) => {
    const { since, ...query } = context.req.valid("query");
    const from = since === undefined ? {} : { since: Date.parse(since) };
    const series = await engine.rewardSeries({ ...query, ...from });
    const points = series.map(({ bucketStart, ...point }) => ({
      from: toTime(bucketStart),
      ...point,
    }));
    const { scenario = firstScenario(engine), bucketSeconds: seconds = defaultBucketSeconds } =
      query;
    return context.json({ scenario, bucketSeconds: seconds, points }, 200);
  });
}
