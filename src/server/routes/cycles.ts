import { createRoute, z } from "@hono/zod-openapi";
import type { CycleBody, CyclesResponse } from "../../contract/cycles.ts";
import { routes } from "../../contract/routes.ts";
import type { Cycle } from "../../domain/cycle.ts";
import { cycleOutcomes } from "../../domain/cycle-outcome.ts";
import { EngineError } from "../../domain/errors.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import { cycleRecord } from "../../engine/open-store.ts";
import type { App, RouteParts } from "../app.ts";
import { count, pathNumber, scenarioQuery, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const cycleBody = wire<CycleBody>()(
  z
    .strictObject({
      cycle: count,
      scenario: name,
      outcome: z.enum(cycleOutcomes),
      reason: z.string(),
      policyVersion: optional(count),
      candidateVersion: optional(count),
      startedAt: time,
      finishedAt: time,
      record: cycleRecord,
    })
    .openapi("Cycle"),
);
const cyclesResponse = wire<CyclesResponse>()(
  z.strictObject({ cycles: z.array(cycleBody) }).openapi("CyclesResponse"),
);

const example: CycleBody = {
  cycle: 12,
  scenario: "items",
  outcome: "promote",
  reason: "the candidate's reward is higher by 0.02 to 0.05",
  policyVersion: 7,
  candidateVersion: 8,
  startedAt: "2026-03-01T12:00:00.000Z",
  finishedAt: "2026-03-01T12:00:21.000Z",
  record: {},
};

const cyclesRoute = createRoute({
  method: "get",
  path: routes.cycles,
  operationId: "listCycles",
  tags: ["learning"],
  summary: "List learning cycles",
  description: "Feedback, challengers and outcome of each pass of the loop, newest first.",
  request: { query: scenarioQuery },
  responses: {
    200: answer("The cycles", cyclesResponse, { cycles: [example] }),
    ...failures("unknown_scenario"),
  },
});

const cycleRoute = createRoute({
  method: "get",
  path: `${routes.cycles}/{cycle}` as const,
  operationId: "getCycle",
  tags: ["learning"],
  summary: "Read a learning cycle",
  description:
    "Outcome, reason and record: the gate's measurements, each guard with its number, rows by fold, seed and snapshots.",
  request: { params: z.strictObject({ cycle: pathNumber }) },
  responses: {
    200: answer("The cycle", cycleBody, example),
    ...failures("not_found"),
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
    const cycles = await engine.cycles(context.req.valid("query"));
    return context.json({ cycles: cycles.map(toBody) }, 200);
  });
  app.openapi(cycleRoute, async (context) => {
    const { cycle: number } = context.req.valid("param");
    const cycle = await engine.findCycle(number);
    if (cycle === undefined) {
      const message = `no cycle ${number}; take a number from GET ${routes.cycles}`;
      throw new EngineError("not_found", message, { details: { cycle: number } });
    }
    return context.json(toBody(cycle), 200);
  });
}
