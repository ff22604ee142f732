import { createRoute, z } from "@hono/zod-openapi";
import { routes } from "../../contract/routes.ts";
import type { App, RouteParts } from "../app.ts";
import { failures } from "../operation.ts";

const metricsRoute = createRoute({
  method: "get",
  path: routes.metrics,
  operationId: "getMetrics",
  tags: ["operation"],
  summary: "Metrics for Prometheus",
  description:
    "Requests, decisions, events, fallbacks, policies, learner, cycles, rewards, record and process.",
  responses: {
    200: {
      description: "The metrics",
      content: { "text/plain": { schema: z.string(), example: "recurve_decisions_total 1041" } },
    },
    ...failures(),
  },
});

export function addMetrics(app: App, { metrics }: RouteParts): void {
  app.openapi(metricsRoute, async (context) => {
    return context.text(await metrics.read(), 200, { "content-type": metrics.contentType });
  });
}
