import { createRoute, z } from "@hono/zod-openapi";
import type { ActivityQuery, ActivityResponse } from "../../contract/activity.ts";
import { routes } from "../../contract/routes.ts";
import type { ActivityFigures } from "../../domain/activity.ts";
import { arms } from "../../domain/decision.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import { defaultActivityDays } from "../../engine/views/activity.ts";
import type { App, RouteParts } from "../app.ts";
import { arm, count, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";
import { measured } from "./reward-series.ts";

const activityQuery = z.strictObject({
  scenario: optional(name),
  since: optional(time),
  against: optional(z.enum(arms)),
});
wire<ActivityQuery>()(activityQuery);

const figures = wire<ActivityFigures>()(
  z
    .strictObject({
      sessionsPerDay: optional(measured),
      returnWithinDay: optional(measured),
      returnWithinWeek: optional(measured),
      sessionSeconds: optional(measured),
      sessionDecisions: optional(measured),
    })
    .openapi("ActivityFigures"),
);
const activityResponse = wire<ActivityResponse>()(
  z
    .strictObject({
      scenario: name,
      from: time,
      to: time,
      against: arm,
      arms: z.array(
        z.strictObject({
          arm,
          users: count,
          sessions: count,
          figures,
          difference: optional(figures),
        }),
      ),
    })
    .openapi("ActivityResponse"),
);

const activityRoute = createRoute({
  method: "get",
  path: routes.activity,
  operationId: "getActivity",
  tags: ["learning"],
  summary: "Sessions, returns and length of sessions by arm",
  description: `Outcomes beside the reward, with 95 % intervals over users. Decisions of a user less apart than the scenario's sessionGapSeconds are a session, which counts for the arm of its first decision. Sessions a day are returns by time waited; a return within a day counts sessions that ended at least a day ago. Differences are against the baseline unless another arm is named. Default: the last ${defaultActivityDays} days.`,
  request: { query: activityQuery },
  responses: {
    200: answer("Activity by arm", activityResponse, {
      scenario: "feed",
      from: "2026-03-01T12:00:00.000Z",
      to: "2026-03-29T12:00:00.000Z",
      against: "baseline",
      arms: [
        {
          arm: "serving",
          users: 812,
          sessions: 9031,
          figures: { returnWithinDay: { value: 0.42, interval: [0.4, 0.44] } },
          difference: { returnWithinDay: { value: 0.03, interval: [0.01, 0.05] } },
        },
      ],
    }),
    ...failures("unknown_scenario"),
  },
});

export function addActivity(app: App, { engine }: RouteParts): void {
  app.openapi(activityRoute, async (context) => {
    const { since, ...query } = context.req.valid("query");
    const start = since === undefined ? {} : { since: Date.parse(since) };
    const { from, to, ...activity } = await engine.activity({ ...query, ...start });
    return context.json({ ...activity, from: toTime(from), to: toTime(to) }, 200);
  });
}
