import { createRoute, z } from "@hono/zod-openapi";
import type { RollBackRequest } from "../../contract/interventions.ts";
import type { PoliciesResponse, PolicyBody } from "../../contract/policies.ts";
import { routes } from "../../contract/routes.ts";
import {
  type PolicySnapshot,
  policyKinds,
  policyStatuses,
  promotionModes,
} from "../../domain/policy-snapshot.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import { rollBackFields } from "../../engine/input/schemas/interventions.ts";
import { policyEvidence } from "../../engine/open-store.ts";
import type { App, RouteParts } from "../app.ts";
import { count, firstScenario, scenarioQuery, toTime, wire } from "../fields.ts";
import { answer, body, failures } from "../operation.ts";

const policyBody = wire<PolicyBody>()(
  z
    .strictObject({
      version: count,
      scenario: name,
      kind: z.enum(policyKinds),
      status: z.enum(policyStatuses),
      parent: optional(count),
      createdAt: time,
      checksum: z.string().openapi({ description: "SHA-256 of the snapshot, hexadecimal" }),
      sizeBytes: count,
      evidence: policyEvidence,
    })
    .openapi("Policy"),
);
const policiesResponse = wire<PoliciesResponse>()(
  z
    .strictObject({
      scenario: name,
      serving: optional(count),
      canary: optional(count),
      canaryShare: z.number(),
      holdback: optional(count),
      holdbackShare: optional(z.number()),
      anchor: optional(count),
      anchorShare: optional(z.number()),
      anchorSince: optional(time),
      baseline: optional(count),
      retriever: optional(count),
      exploration: optional(z.number()),
      mode: z.enum(promotionModes),
      waiting: optional(count),
      policies: z.array(policyBody),
    })
    .openapi("PoliciesResponse"),
);
const rollBackRequest = wire<RollBackRequest>()(
  z.strictObject({ scenario: name, ...rollBackFields }).openapi("RollBackRequest"),
);

const example: PolicyBody = {
  version: 7,
  scenario: "items",
  kind: "network",
  status: "serving",
  parent: 5,
  createdAt: "2026-03-01T12:00:00.000Z",
  checksum: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  sizeBytes: 48_213,
  evidence: { verdict: "promote" },
};

const listRoute = createRoute({
  method: "get",
  path: routes.policies,
  operationId: "listPolicies",
  tags: ["learning"],
  summary: "List a scenario's policies",
  description:
    "The policies that answer now, and the newest snapshots with the evidence for their status, newest first; those that answer now or wait for approval are listed beside the limit.",
  request: { query: scenarioQuery },
  responses: {
    200: answer("The policies", policiesResponse, {
      scenario: "items",
      serving: 7,
      canaryShare: 0,
      baseline: 2,
      mode: "automatic",
      policies: [example],
    }),
    ...failures("unknown_scenario"),
  },
});

const rollBackRoute = createRoute({
  method: "post",
  path: routes.rollBack,
  operationId: "rollBack",
  tags: ["learning"],
  summary: "Put the parent of the serving policy back",
  description:
    "The policy that served becomes rolled-back; its parent serves and is returned. Recorded as an intervention.",
  request: {
    body: body(rollBackRequest, { scenario: "items", by: "ada", reason: "fewer purchases" }),
  },
  responses: {
    200: answer("The serving policy", policyBody, example),
    ...failures("unknown_scenario", "conflict"),
  },
});

const toBody = (policy: PolicySnapshot): PolicyBody => ({
  ...policy,
  createdAt: toTime(policy.createdAt),
});

export function addPolicies(app: App, { engine }: RouteParts): void {
  app.openapi(listRoute, async (context) => {
    const query = context.req.valid("query");
    const { scenario = firstScenario(engine) } = query;
    const { assignment, policies } = await engine.policies(query);
    const { mode = "automatic", anchorSince, ...assigned } = assignment;
    const found: PoliciesResponse = {
      scenario,
      ...assigned,
      ...(anchorSince !== undefined && { anchorSince: toTime(anchorSince) }),
      mode,
      policies: policies.map(toBody),
    };
    return context.json(found, 200);
  });
  app.openapi(rollBackRoute, async (context) => {
    const { scenario, ...input } = context.req.valid("json");
    const policy = await engine.rollBack(scenario, input, context.get("keyName"));
    return context.json(toBody(policy), 200);
  });
}
