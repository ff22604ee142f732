import { createRoute, z } from "@hono/zod-openapi";
import type { ExplanationBody } from "../../contract/explanation.ts";
import { routes } from "../../contract/routes.ts";
import { type Explanation, termNames } from "../../domain/explanation.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import type { App, RouteParts } from "../app.ts";
import { arm, count, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const share = z.number().min(0).max(1);
const places = z.array(count);

const explainedItem = z
  .strictObject({
    itemId: name,
    position: count,
    propensity: z.number(),
    terms: z.partialRecord(z.enum(termNames), z.number()),
    score: z.number(),
    rank: optional(count),
    open: optional(count),
    capped: optional(count),
    explored: share,
    pinned: z.boolean(),
    raisedBy: z.array(z.strictObject({ event: count, logRatio: z.number() })),
  })
  .openapi("ExplainedItem");

const explainedEvent = z
  .strictObject({
    itemId: name,
    type: name,
    value: z.number(),
    occurredAt: time,
    attention: optional(share),
    shift: optional(share),
    logRatio: optional(z.number()),
  })
  .openapi("ExplainedEvent");

const explanationBody = wire<ExplanationBody>()(
  z
    .strictObject({
      decisionId: name,
      decidedAt: time,
      userId: name,
      scenario: name,
      arm,
      policyVersion: count,
      candidates: count,
      exploration: z.number(),
      slatePropensity: z.number(),
      leftOut: optional(
        z.strictObject({ available: count, byRules: count, seen: count, notRetrieved: count }),
      ),
      slate: z.array(explainedItem),
      history: z.array(explainedEvent),
      movedBy: z.strictObject({ events: places, shift: share }),
    })
    .openapi("Explanation"),
);

const example: ExplanationBody = {
  decisionId: "0b0e7d6c-8f1c-4a43-9a7e-5c1f0c2b7a11",
  userId: "ada",
  scenario: "items",
  arm: "serving",
  policyVersion: 7,
  exploration: 0.03,
  slatePropensity: 0.19,
  decidedAt: "2026-03-01T12:00:00.000Z",
  candidates: 40,
  leftOut: { available: 60, byRules: 12, seen: 8, notRetrieved: 0 },
  slate: [
    {
      itemId: "sku-2",
      position: 0,
      propensity: 0.19,
      terms: { encoder: 1.8, chain: 0.7, head: -0.1, boost: 0.5 },
      score: 2.9,
      rank: 2,
      open: 40,
      capped: 0,
      explored: 0.004,
      pinned: false,
      raisedBy: [{ event: 0, logRatio: 0.31 }],
    },
  ],
  history: [
    {
      itemId: "sku-9",
      type: "click",
      value: 1,
      occurredAt: "2026-02-28T09:00:00.000Z",
      attention: 1,
      shift: 0.12,
      logRatio: 0.31,
    },
  ],
  movedBy: { events: [0], shift: 0.12 },
};

const explanationRoute = createRoute({
  method: "get",
  path: `${routes.decisions}/{decisionId}/explanation` as const,
  operationId: "explainDecision",
  tags: ["loop"],
  summary: "Explain a decision",
  description:
    "Why this user was shown this slate, from the record as of its moment: the terms of each item's score, the parts of chance and rules, and the past events that moved the slate (docs/guides/explanations.md). The newest 50 events are left out one at a time, so an answer takes up to some seconds; explanations run one after the other.",
  request: { params: z.strictObject({ decisionId: name }) },
  responses: {
    200: answer("The explanation", explanationBody, example),
    ...failures("not_found", "unknown_scenario", "corrupt_snapshot", "audit_failed"),
  },
});

const toBody = (explanation: Explanation): ExplanationBody => ({
  ...explanation,
  decidedAt: toTime(explanation.decidedAt),
  history: explanation.history.map((event) => ({ ...event, occurredAt: toTime(event.occurredAt) })),
});

export function addExplanations(app: App, { engine }: RouteParts): void {
  app.openapi(explanationRoute, async (context) => {
    const { decisionId } = context.req.valid("param");
    return context.json(toBody(await engine.explainDecision(decisionId)), 200);
  });
}
