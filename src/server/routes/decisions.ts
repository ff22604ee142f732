import { createRoute, z } from "@hono/zod-openapi";
import type {
  ActivateResponse,
  DecisionBody,
  OfferBody,
  ShownAdBody,
} from "../../contract/decision.ts";
import { routes } from "../../contract/routes.ts";
import { offeredBy } from "../../domain/decision.ts";
import type { FastLoopMark } from "../../domain/fast-loop.ts";
import type { DecisionView } from "../../engine/calls/decision-calls.ts";
import { missingDecision } from "../../engine/explanation/create-explainer.ts";
import { jsonObject, name, optional, time } from "../../engine/input/fields.ts";
import { relatedTo } from "../../engine/input/schemas/recommend.ts";
import { itemRules } from "../../engine/rules/rules-schema.ts";
import type { App, RouteParts } from "../app.ts";
import { arm, candidate, count, slateEntry, toSlate, toTime, wire } from "../fields.ts";
import { answer, failures } from "../operation.ts";

const fastLoopBody = wire<FastLoopMark>()(
  z
    .strictObject({
      version: count,
      through: count,
      renewal: count,
      forgetting: z.number(),
      temperature: z.number(),
      drawScale: z.number(),
      below: optional(z.array(count)),
    })
    .openapi("FastLoopMark"),
);

const offerBody = wire<OfferBody>()(
  z
    .strictObject({
      categories: optional(z.array(name)),
      except: optional(z.array(name)),
      offset: optional(count),
      relatedTo: optional(relatedTo),
      rules: optional(itemRules),
      slateSize: optional(count),
    })
    .openapi("Offer"),
);

/** Fields of a decision that lists of them show. */
export const summaryFields: {
  readonly decisionId: typeof name;
  readonly userId: typeof name;
  readonly scenario: typeof name;
  readonly arm: typeof arm;
  readonly policyVersion: typeof count;
  readonly slate: z.ZodArray<typeof slateEntry>;
  readonly slatePropensity: z.ZodNumber;
  readonly exploration: z.ZodNumber;
  readonly decidedAt: typeof time;
  readonly expiresAt: typeof time;
  readonly rewards: z.ZodArray<z.ZodNullable<z.ZodNumber>>;
} = {
  decisionId: name,
  userId: name,
  scenario: name,
  arm,
  policyVersion: count,
  slate: z.array(slateEntry),
  slatePropensity: z.number(),
  exploration: z.number(),
  decidedAt: time,
  expiresAt: time,
  rewards: z.array(z.number().nullable()),
};

const shownAd = wire<ShownAdBody>()(
  z
    .strictObject({
      campaignId: name,
      pays: name,
      bid: z.number(),
      factor: z.number(),
      explored: z.number(),
    })
    .openapi("ShownAd"),
);

const decisionBody = wire<DecisionBody>()(
  z
    .strictObject({
      ...summaryFields,
      seed: count,
      asOf: count,
      context: jsonObject,
      candidates: z.array(candidate),
      fastLoop: optional(fastLoopBody),
      offeredBy: optional(z.enum(offeredBy)),
      retriever: optional(count),
      offer: optional(offerBody),
      ads: optional(z.array(shownAd)),
      drawnAt: optional(time),
      profile: z.strictObject({
        attributes: jsonObject,
        history: z.array(
          z.strictObject({ itemId: name, type: name, value: z.number(), occurredAt: time }),
        ),
      }),
    })
    .openapi("Decision"),
);

const decisionRoute = createRoute({
  method: "get",
  path: `${routes.decisions}/{decisionId}` as const,
  operationId: "getDecision",
  tags: ["loop"],
  summary: "Read a decision as it was made",
  description:
    "The known facts, the slate with its probabilities, and the reward so far. The profile is the user's as of that moment.",
  request: { params: z.strictObject({ decisionId: name }) },
  responses: {
    200: answer("The decision", decisionBody, {
      decisionId: "0b0e7d6c-8f1c-4a43-9a7e-5c1f0c2b7a11",
      userId: "ada",
      scenario: "items",
      arm: "serving",
      policyVersion: 7,
      seed: 2851234901,
      asOf: 1041,
      context: { device: "phone" },
      candidates: [{ itemId: "sku-1" }, { itemId: "sku-2", features: { colour: "red" } }],
      slate: [{ itemId: "sku-2", position: 0, propensity: 0.8 }],
      slatePropensity: 0.8,
      exploration: 0.03,
      decidedAt: "2026-03-01T12:00:00.000Z",
      expiresAt: "2026-03-01T12:31:00.000Z",
      offeredBy: "request",
      rewards: [1],
      profile: { attributes: { country: "SE" }, history: [] },
    }),
    ...failures("not_found"),
  },
});

const activateResponse = wire<ActivateResponse>()(
  z
    .strictObject({ decisionId: name, decidedAt: time, expiresAt: time })
    .openapi("ActivateResponse"),
);

const activateRoute = createRoute({
  method: "post",
  path: `${routes.decisions}/{decisionId}/activate` as const,
  operationId: "activateDecision",
  tags: ["loop"],
  summary: "Say that a deferred decision is shown",
  description:
    "A decision of a request with `deferred` counts from now on: its reward window begins, its items are shown ones, its ads are paid for. Events that came before count too. A decision that counts already stays as it is. Until its `expiresAt` it can be activated; later it is not found. If an ad of its slate is not sold any more, by budget, dates or frequency cap, that is a conflict. The request has no body.",
  request: { params: z.strictObject({ decisionId: name }) },
  responses: {
    200: answer("The decision's times", activateResponse, {
      decisionId: "0b0e7d6c-8f1c-4a43-9a7e-5c1f0c2b7a11",
      decidedAt: "2026-03-01T12:10:00.000Z",
      expiresAt: "2026-03-01T12:41:00.000Z",
    }),
    ...failures("not_found", "conflict"),
  },
});

function toBody({ feedback: { decision, rewards }, profile }: DecisionView): DecisionBody {
  const { positionPropensities: _, rewardRule: __, servingRule: ___, drawnAt, ...rest } = decision;
  return {
    ...rest,
    slate: toSlate(decision),
    decidedAt: toTime(decision.decidedAt),
    expiresAt: toTime(decision.expiresAt),
    ...(drawnAt !== undefined && { drawnAt: toTime(drawnAt) }),
    rewards: rewards.map((reward) => reward ?? null),
    profile: {
      attributes: profile.attributes,
      history: profile.history.map(({ itemId, type, value, occurredAt }) => ({
        itemId,
        type,
        value,
        occurredAt: toTime(occurredAt),
      })),
    },
  };
}

export function addDecisions(app: App, { engine }: RouteParts): void {
  app.openapi(decisionRoute, async (context) => {
    const { decisionId: id } = context.req.valid("param");
    const view = await engine.findDecision(id);
    if (view === undefined) throw missingDecision(id);
    return context.json(toBody(view), 200);
  });
  app.openapi(activateRoute, async (context) => {
    const { decisionId: id } = context.req.valid("param");
    const { decisionId, decidedAt, expiresAt } = await engine.activateDecision(id);
    const times = { decidedAt: toTime(decidedAt), expiresAt: toTime(expiresAt) };
    return context.json({ decisionId, ...times }, 200);
  });
}
