import { createRoute, z } from "@hono/zod-openapi";
import type { RewardSeriesQuery, RewardSeriesResponse } from "../../contract/reward-series.ts";
import { routes } from "../../contract/routes.ts";
import type { ArmMean, Measured } from "../../domain/reward-series.ts";
import type { RewardSeries } from "../../engine/calls/measure-calls.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import { bucketSeconds } from "../../engine/input/schemas/reads.ts";
import {
  defaultBucketSeconds,
  defaultBuckets,
  maxBuckets,
} from "../../engine/views/reward-series.ts";
import type { App, RouteParts } from "../app.ts";
import { arm, count, firstScenario, numberText, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const rewardSeriesQuery = z.strictObject({
  scenario: optional(name),
  bucketSeconds: optional(numberText(bucketSeconds.meta({ default: defaultBucketSeconds }))),
  since: optional(time),
});
wire<RewardSeriesQuery>()(rewardSeriesQuery);

const armMean = wire<ArmMean>()(
  z
    .strictObject({
      mean: z.number(),
      standardError: optional(z.number()),
      decisions: count,
      buckets: count,
    })
    .openapi("ArmMean"),
);
export const measured: z.ZodType<Measured> = wire<Measured>()(
  z
    .strictObject({ value: z.number(), interval: z.tuple([z.number(), z.number()]) })
    .openapi("Measured", { description: "With its 95 % interval" }),
);
const comparison = z
  .strictObject({
    from: time,
    seconds: z.number(),
    serving: optional(armMean),
    baseline: optional(armMean),
    needed: z.strictObject({ decisions: count, buckets: count }),
    difference: optional(measured),
    lift: optional(measured),
  })
  .openapi("RewardComparison");

const rewardSeriesResponse = wire<RewardSeriesResponse>()(
  z
    .strictObject({
      scenario: name,
      bucketSeconds: count,
      points: z.array(
        z.strictObject({
          from: time,
          arm,
          decisions: count,
          meanReward: z.number(),
          standardError: optional(z.number()),
        }),
      ),
      comparison: optional(comparison),
    })
    .openapi("RewardSeriesResponse"),
);

const rewardSeriesRoute = createRoute({
  method: "get",
  path: routes.rewardSeries,
  operationId: "getRewardSeries",
  tags: ["learning"],
  summary: "Mean reward by time and arm, and serving against baseline",
  description: `Mean reward of a decision by the time of the decision, as it is learnt: decisions whose reward window has closed, defaults included, each position clipped to the scenario's range. Standard errors treat users as clusters. The comparison takes the newest quarter of the series, its half or all of it, and each bucket as a cluster. Default: the last ${defaultBuckets} buckets; at most ${maxBuckets}.`,
  request: { query: rewardSeriesQuery },
  responses: {
    200: answer("The points, oldest first", rewardSeriesResponse, {
      scenario: "items",
      bucketSeconds: 3600,
      points: [
        {
          from: "2026-03-01T12:00:00.000Z",
          arm: "serving",
          decisions: 812,
          meanReward: 0.31,
          standardError: 0.02,
        },
      ],
      comparison: {
        from: "2026-03-01T12:00:00.000Z",
        seconds: 3600,
        serving: { mean: 0.31, decisions: 812, buckets: 1 },
        needed: { decisions: 100, buckets: 8 },
      },
    }),
    ...failures("unknown_scenario"),
  },
});

const toBody = ({
  points,
  comparison,
}: RewardSeries): Pick<RewardSeriesResponse, "points" | "comparison"> => ({
  points: points.map(({ bucketStart, ...point }) => ({ from: toTime(bucketStart), ...point })),
  ...(comparison && { comparison: { ...comparison, from: toTime(comparison.from) } }),
});

export function addRewardSeries(app: App, { engine }: RouteParts): void {
  app.openapi(rewardSeriesRoute, async (context) => {
    const { since, ...query } = context.req.valid("query");
    const from = since === undefined ? {} : { since: Date.parse(since) };
    const series = await engine.rewardSeries({ ...query, ...from });
    const { scenario = firstScenario(engine), bucketSeconds: seconds = defaultBucketSeconds } =
      query;
    return context.json({ scenario, bucketSeconds: seconds, ...toBody(series) }, 200);
  });
}
