import { createRoute, z } from "@hono/zod-openapi";
import { type CycleBody, type CyclesResponse, routes } from "../../contract/api.ts";
import { type Cycle, verdicts } from "../../domain/cycle.ts";
import type { App, RouteParts } from "../app.ts";
import {
  count,
  defaultLimit,
  jsonObject,
  name,
  optional,
  scenarioQuery,
  time,
  toTime,
  wire,
} from "../fields.ts";
import { answer, failures } from "../operation.ts";

const cycleBody = wire<CycleBody>()(
  z
    .strictObject({
      cycle: count,
      scenario: name,
      outcome: z.enum([...verdicts, "initial", "roll-back", "skipped", "failed"]),
      reason: z.string(),
      policyVersion: optional(count),
      candidateVersion: optional(count),
      startedAt: time,
      finishedAt: time,
      record: jsonObject,
    })
    .openapi("Cycle"),
);
const cyclesResponse = wire<CyclesResponse>()(
  z.strictObject({ cycles: z.array(cycleBody) }).openapi("CyclesResponse"),
);

const cyclesRoute = createRoute({
  method: "get",
  path: routes.cycles,
  operationId: "listCycles",
  tags: ["learning"],
  summary: "List learning cycles",
  description: "What each pass of the loop saw, tried and decided, newest first.",
  request: { query: scenarioQuery },
  responses: {
    200: answer("The cycles", cyclesResponse, {
      cycles: [
        {
          cycle: 12,
          scenario: "items",
          outcome: "promote",
          reason: "the candidate's reward is higher by 0.02 to 0.05",
          policyVersion: 7,
          candidateVersion: 8,
          startedAt: "2026-03-01T12:00:00.000Z",
          finishedAt: "2026-03-01T12:00:21.000Z",
          record: {},
        },
      ],
    }),
    ...failures("invalid_request"),
  },
});

/** Without the event number, which is the learner's own. */
const toBody = ({ throughSequence: _, ...cycle }: Cycle): CycleBody => ({
  ...cycle,
  startedAt: toTime(cycle.startedAt),
  finishedAt: toTime(cycle.finishedAt),
});

export function addCycles(app: App, { engine }: RouteParts): void {
  app.openapi(cyclesRoute, async (context) => {
    const { scenario, limit = defaultLimit } = context.req.valid("query");
    const cycles = await engine.cycles({ limit, ...(scenario !== undefined && { scenario }) });
    return context.json({ cycles: cycles.map(toBody) }, 200);
  });
}
