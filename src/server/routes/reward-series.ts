import { createRoute, z } from "@hono/zod-openapi";
import { type RewardSeriesQuery, type RewardSeriesResponse, routes } from "../../contract/api.ts";
import { EngineError } from "../../domain/errors.ts";
import type { App, RouteParts } from "../app.ts";
import { arm, count, firstScenario, name, optional, time, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const defaultBucketSeconds = 3600;
const defaultBuckets = 200;
/** Bounds the answer; each bucket holds up to one point an arm. */
const maxBuckets = 10_000;

const bucketSeconds = z.coerce.number().int().min(5).max(31_536_000);
const rewardSeriesQuery = z.strictObject({
  scenario: optional(name),
  bucketSeconds: optional(bucketSeconds.openapi({ type: "integer", default: 3600 })),
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

/** @throws invalid_request where the span holds too many buckets */
function readSince(since: string | undefined, bucketMs: number, now: number): number {
  if (since === undefined) return now - defaultBuckets * bucketMs;
  const from = Date.parse(since);
  if (now - from <= maxBuckets * bucketMs) return from;
  throw new EngineError(
    "invalid_request",
    `query field since is ${since}: more than ${maxBuckets} buckets ago; send a later time or larger bucketSeconds`,
    { details: { field: "since", value: since, limit: maxBuckets } },
  );
}

export function addRewardSeries(app: App, { engine, clock }: RouteParts): void {
  app.openapi(rewardSeriesRoute, async (context) => {
    const query = context.req.valid("query");
    const scenario = query.scenario ?? firstScenario(engine);
    const seconds = query.bucketSeconds ?? defaultBucketSeconds;
    const since = readSince(query.since, seconds * 1000, clock());
    const series = await engine.rewardSeries({ scenario, since, bucketSeconds: seconds });
    const points = series.map(({ bucketStart, ...point }) => ({
      from: toTime(bucketStart),
      ...point,
    }));
    return context.json({ scenario, bucketSeconds: seconds, points }, 200);
  });
}
