import { createRoute, z } from "@hono/zod-openapi";
import type { ReadyResponse } from "../../contract/health.ts";
import { routes } from "../../contract/routes.ts";
import type { App, RouteParts } from "../app.ts";
import { answerError, notReady } from "../errors.ts";
import { wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const readyResponse = wire<ReadyResponse>()(
  z.strictObject({ status: z.literal("ready") }).openapi("ReadyResponse"),
);

const readyRoute = createRoute({
  method: "get",
  path: routes.ready,
  operationId: "getReady",
  tags: ["operation"],
  summary: "Readiness for requests",
  description:
    "200 if requests can be sent here; 503 while the server starts or stops, and while the record can't be read.",
  responses: {
    200: answer("It may", readyResponse, { status: "ready" }),
    ...failures(),
  },
});

export function addReady(app: App, { engine, isClosing }: RouteParts): void {
  app.openapi(readyRoute, async (context) => {
    if (isClosing()) return answerError(context, notReady("is stopping")) as never;
    // The cheapest look at the record.
    await engine.findCycle(1);
    return context.json({ status: "ready" } as const, 200);
  });
}
