import { createRoute, z } from "@hono/zod-openapi";
import type { DecisionSummary, DecisionsQuery } from "../../contract/decision.ts";
import type { PageResponse } from "../../contract/page.ts";
import { routes } from "../../contract/routes.ts";
import type { Feedback } from "../../domain/decision.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import type { App, RouteParts } from "../app.ts";
import { limitText, toSlate, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";
import { summaryFields } from "./decisions.ts";

const query = z.strictObject({
  scenario: optional(name),
  userId: optional(name),
  itemId: optional(name),
  from: optional(time),
  to: optional(time),
  after: optional(name),
  limit: optional(limitText),
});
wire<DecisionsQuery>()(query);

const summary = wire<DecisionSummary>()(z.strictObject(summaryFields).openapi("DecisionSummary"));
const page = wire<PageResponse<DecisionSummary>>()(
  z.strictObject({ rows: z.array(summary), next: optional(name) }).openapi("DecisionPage"),
);

const example: DecisionSummary = {
  decisionId: "0b0e7d6c-8f1c-4a43-9a7e-5c1f0c2b7a11",
  userId: "ada",
  scenario: "items",
  arm: "serving",
  policyVersion: 7,
  slate: [{ itemId: "sku-2", position: 0, propensity: 0.8 }],
  slatePropensity: 0.8,
  exploration: 0.03,
  decidedAt: "2026-03-01T12:00:00.000Z",
  expiresAt: "2026-03-01T12:31:00.000Z",
  rewards: [1],
};

const listRoute = createRoute({
  method: "get",
  path: routes.decisions,
  operationId: "listDecisions",
  tags: ["loop"],
  summary: "List decisions by user, item and time",
  description:
    "Newest first, of one scenario, with the rewards so far. A page of an item looks at 1,000 decisions: it can have fewer rows than the limit, or none, and a `next`.",
  request: { query },
  responses: {
    200: answer("The page", page, { rows: [example], next: example.decisionId }),
    ...failures("unknown_scenario"),
  },
});

function toRow({ decision, rewards }: Feedback): DecisionSummary {
  const { decisionId, userId, scenario, arm: by, policyVersion } = decision;
  const { slatePropensity, exploration, decidedAt, expiresAt } = decision;
  return {
    decisionId,
    userId,
    scenario,
    arm: by,
    policyVersion,
    slate: toSlate(decision),
    slatePropensity,
    exploration,
    decidedAt: toTime(decidedAt),
    expiresAt: toTime(expiresAt),
    rewards: rewards.map((reward) => reward ?? null),
  };
}

export function addDecisionPages(app: App, { engine }: RouteParts): void {
  app.openapi(listRoute, async (context) => {
    const { from, to, ...rest } = context.req.valid("query");
    const { rows, next } = await engine.listDecisions({
      ...rest,
      ...(from !== undefined && { from: Date.parse(from) }),
      ...(to !== undefined && { to: Date.parse(to) }),
    });
    return context.json({ rows: rows.map(toRow), ...(next !== undefined && { next }) }, 200);
  });
}
