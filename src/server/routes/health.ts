import { createRoute, z } from "@hono/zod-openapi";
import type { HealthResponse } from "../../contract/health.ts";
import { routes } from "../../contract/routes.ts";
import { promotionModes } from "../../domain/policy-snapshot.ts";
import { name, optional } from "../../engine/input/fields.ts";
import type { App, RouteParts } from "../app.ts";
import { count, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const pendingErasure = wire<HealthResponse["pendingErasures"][string]>()(
  z.strictObject({ ageSeconds: z.number(), erasures: count, versions: z.array(count) }),
);

const healthResponse = wire<HealthResponse>()(
  z
    .strictObject({
      status: z.enum(["ok", "degraded"]),
      version: z.string(),
      policyVersions: z.record(name, count),
      promotions: z.record(name, z.enum(promotionModes)),
      problems: z.array(z.string()),
      learner: z.strictObject({
        up: z.boolean(),
        heartbeatAgeSeconds: optional(z.number()),
        lastCycleAgeSeconds: optional(z.number()),
        waitingDecisions: z.record(name, count),
      }),
      pendingErasures: z.record(name, pendingErasure),
    })
    .openapi("HealthResponse"),
);

const healthRoute = createRoute({
  method: "get",
  path: routes.health,
  operationId: "getHealth",
  tags: ["operation"],
  summary: "Health of the loop",
  description: "200 while requests are answered; degraded means that problems limit the answers.",
  responses: {
    200: answer("The state", healthResponse, {
      status: "ok",
      version: "0.1.0",
      policyVersions: { items: 7 },
      promotions: { items: "automatic" },
      problems: [],
      learner: {
        up: true,
        heartbeatAgeSeconds: 12,
        lastCycleAgeSeconds: 340,
        waitingDecisions: { items: 120 },
      },
      pendingErasures: {},
    }),
    ...failures(),
  },
});

export function addHealth(app: App, { engine, version }: RouteParts): void {
  app.openapi(healthRoute, async (context) => {
    const health = await engine.health();
    const status = health.problems.length === 0 ? "ok" : "degraded";
    return context.json({ status, version, ...health } as const, 200);
  });
}
