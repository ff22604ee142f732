import { createRoute, z } from "@hono/zod-openapi";
import type { EventBody, EventsRequest, EventsResponse } from "../../contract/events.ts";
import { routes } from "../../contract/routes.ts";
import { recordOutcomes } from "../../domain/behaviour.ts";
import { optional, time } from "../../engine/input/fields.ts";
import type { EventInput } from "../../engine/input/input.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { eventFields } from "../../engine/input/schemas/events.ts";
import type { App, RouteParts } from "../app.ts";
import { count, wire } from "../fields.ts";
import { answer, body, failures } from "../operation.ts";

const eventBody = wire<EventBody>()(
  z.strictObject({ ...eventFields, occurredAt: optional(time) }).openapi("Event"),
);
const eventsRequest = wire<EventsRequest>()(
  z.strictObject({ events: batch(eventBody).min(1, "must not be empty") }).openapi("EventsRequest"),
);
const eventsResponse = wire<EventsResponse>()(
  z
    .strictObject({
      outcomes: z.array(z.enum(recordOutcomes)),
      counts: z.strictObject({
        rewarded: count,
        recorded: count,
        late: count,
        duplicate: count,
        deferred: count,
      }),
      warnings: optional(z.array(z.string())),
    })
    .openapi("EventsResponse"),
);

const eventsRoute = createRoute({
  method: "post",
  path: routes.events,
  operationId: "sendEvents",
  tags: ["loop"],
  summary: "Record users' events",
  description:
    "All or none, at most 1000, durable before the answer leaves. An eventId makes it safe to send an event again. Outcomes are in the order of the events. Warnings name event types that train nothing.",
  request: {
    body: body(eventsRequest, {
      events: [{ eventId: "e-1", type: "click", userId: "ada", itemId: "sku-2", value: 1 }],
    }),
  },
  responses: {
    200: answer("Outcome of each event", eventsResponse, {
      outcomes: ["rewarded"],
      counts: { rewarded: 1, recorded: 0, late: 0, duplicate: 0, deferred: 0 },
    }),
    ...failures("unknown_decision", "conflict"),
  },
});

const toInput = ({ occurredAt, ...event }: EventBody): EventInput => ({
  ...event,
  ...(occurredAt !== undefined && { occurredAt: Date.parse(occurredAt) }),
});

/** A client that is wrong once is wrong with each event; and it can be wrong in any number of ways. */
const maxLogged = 100;

function createOnce(log: (message: string) => void): (message: string) => void {
  const logged = new Set<string>();
  return (message) => {
    if (logged.has(message) || logged.size === maxLogged) return;
    logged.add(message);
    log(message);
  };
}

export function addEvents(app: App, { engine, metrics, logWarning }: RouteParts): void {
  const logOnce = createOnce(logWarning);
  app.openapi(eventsRoute, async (context) => {
    const summary = await engine.record(context.req.valid("json").events.map(toInput));
    metrics.countEvents(summary);
    for (const warning of summary.warnings ?? []) logOnce(warning);
    return context.json(summary, 200);
  });
}
