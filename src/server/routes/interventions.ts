import { createRoute, z } from "@hono/zod-openapi";
import type { InterventionBody, InterventionsResponse } from "../../contract/interventions.ts";
import { routes } from "../../contract/routes.ts";
import { type Intervention, interventionKinds } from "../../domain/intervention.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import { interventionInput, noteFields } from "../../engine/input/schemas/interventions.ts";
import type { App, RouteParts } from "../app.ts";
import { count, scenarioQuery, toTime, wire } from "../fields.ts";
import { answer, body, failures } from "../operation.ts";

const interventionBody = wire<InterventionBody>()(
  z
    .strictObject({
      intervention: count,
      scenario: name,
      kind: z.enum(interventionKinds),
      madeAt: time,
      version: optional(count),
      replaced: optional(count),
      key: optional(name),
      ...noteFields,
    })
    .openapi("Intervention"),
);
const interventionsResponse = wire<InterventionsResponse>()(
  z.strictObject({ interventions: z.array(interventionBody) }).openapi("InterventionsResponse"),
);

const example: InterventionBody = {
  intervention: 4,
  scenario: "items",
  kind: "pin",
  madeAt: "2026-03-01T12:00:00.000Z",
  version: 7,
  replaced: 9,
  by: "ada",
  reason: "sale week",
};

const listRoute = createRoute({
  method: "get",
  path: routes.interventions,
  operationId: "listInterventions",
  tags: ["learning"],
  summary: "List interventions",
  description:
    "Roll-backs by hand, modes, pins and approvals with time, person, API key and reason, newest first.",
  request: { query: scenarioQuery },
  responses: {
    200: answer("The interventions", interventionsResponse, { interventions: [example] }),
    ...failures("unknown_scenario"),
  },
});

const interveneRoute = createRoute({
  method: "post",
  path: routes.interventions,
  operationId: "intervene",
  tags: ["learning"],
  summary: "Pause promotions, have them ask first, resume them, pin, approve or reject",
  description:
    "pause, ask and resume set the mode of promotions; pin lets one version serve; approve and reject decide about the waiting version. " +
    `Done and recorded as one. A roll-back is POST ${routes.rollBack}.`,
  request: {
    body: body(interventionInput, { scenario: "items", kind: "pin", version: 7, by: "ada" }),
  },
  responses: {
    200: answer("The recorded intervention", interventionBody, example),
    ...failures(
      "not_found",
      "unknown_scenario",
      "conflict",
      "corrupt_snapshot",
      "unsupported_snapshot_version",
    ),
  },
});

const toBody = (intervention: Intervention): InterventionBody => ({
  ...intervention,
  madeAt: toTime(intervention.madeAt),
});

export function addInterventions(app: App, { engine }: RouteParts): void {
  app.openapi(listRoute, async (context) => {
    const interventions = await engine.interventions(context.req.valid("query"));
    return context.json({ interventions: interventions.map(toBody) }, 200);
  });
  app.openapi(interveneRoute, async (context) => {
    const done = await engine.intervene(context.req.valid("json"), context.get("keyName"));
    return context.json(toBody(done), 200);
  });
}
