import { createRoute, z } from "@hono/zod-openapi";
import type {
  RecommendBatchRequest,
  RecommendBatchResponse,
  RecommendRequest,
  RecommendResponse,
} from "../../contract/recommend.ts";
import { routes } from "../../contract/routes.ts";
import type { Recommendation } from "../../engine/calls/serving-calls.ts";
import { name, optional, seed, time } from "../../engine/input/fields.ts";
import { recommendBatchInput, recommendInput } from "../../engine/input/schemas/recommend.ts";
import type { App, RouteParts } from "../app.ts";
import { arm, count, slateEntry, toSlate, toTime, wire } from "../fields.ts";
import { answer, body, failures } from "../operation.ts";
import { countSlates } from "../slates.ts";

const recommendRequest = wire<RecommendRequest>()(recommendInput);

const recommendResponse = wire<RecommendResponse>()(
  z
    .strictObject({
      decisionId: name,
      scenario: name,
      policyVersion: count,
      arm,
      slate: z.array(slateEntry),
      slatePropensity: z.number(),
      seed,
      expiresAt: time,
      fallback: optional(z.string()),
      deferred: optional(z.literal(true)),
    })
    .openapi("RecommendResponse"),
);

const exampleResponse: RecommendResponse = {
  decisionId: "0b0e7d6c-8f1c-4a43-9a7e-5c1f0c2b7a11",
  scenario: "items",
  policyVersion: 7,
  arm: "serving",
  slate: [{ itemId: "sku-2", position: 0, propensity: 0.8 }],
  slatePropensity: 0.8,
  seed: 2851234901,
  expiresAt: "2026-03-01T12:31:00.000Z",
};

const recommendRoute = createRoute({
  method: "post",
  path: routes.recommend,
  operationId: "recommend",
  tags: ["loop"],
  summary: "Choose a slate for a user",
  description:
    "Draws a slate from the policy of the user's arm. The decision and its exact propensities are durable before the answer leaves. Send its decisionId with the events that answer it. A seed makes the draw repeatable on this record; it is mixed with a secret of the server, so it chooses no slate. The answer has the mixed seed. `rules` hold beside those of the scenario: filter, exclude, boosts, pins and caps (docs/guides/rules.md). If they leave fewer items the slate is shorter. `relatedTo` chooses from the items closest to one item. With an `idempotencyKey` a request can be sent again: it is answered by the decision that it has led to. With `deferred` the decision counts only once it is activated.",
  request: {
    body: body(recommendRequest, {
      userId: "ada",
      slateSize: 1,
      candidates: [{ itemId: "sku-1" }, { itemId: "sku-2", features: { colour: "red" } }],
      context: { device: "phone" },
      rules: { filter: "colour != 'black'", caps: [{ by: "brand", most: 2 }] },
    }),
  },
  responses: {
    200: answer("The slate", recommendResponse, exampleResponse),
    ...failures("unknown_scenario", "unknown_item", "no_candidates", "conflict"),
  },
});

const recommendBatchRoute = createRoute({
  method: "post",
  path: routes.recommendBatch,
  operationId: "recommendBatch",
  tags: ["loop"],
  summary: "Choose slates for the places of a page, or for many users",
  description:
    "Decides up to 100 requests together: all decisions are durable before the answer leaves, or none is made. If a scenario has ads they are decided in turn, since a shown ad can close its campaign: those before one that can't be answered stay. With `distinct` the items of a user's slates are left out of the same user's later ones, whose propensities are conditional on them. An error names the place of its request.",
  request: {
    body: body(wire<RecommendBatchRequest>()(recommendBatchInput), {
      requests: [
        { userId: "ada", scenario: "items", slateSize: 3 },
        {
          userId: "ada",
          scenario: "items",
          slateSize: 2,
          relatedTo: { itemId: "sku-1", kind: "similar" },
        },
      ],
      distinct: true,
    }),
  },
  responses: {
    200: answer(
      "A decision for each request, in their order",
      wire<RecommendBatchResponse>()(
        z
          .strictObject({ recommendations: z.array(recommendResponse) })
          .openapi("RecommendBatchResponse"),
      ),
      { recommendations: [exampleResponse] },
    ),
    ...failures("unknown_scenario", "unknown_item", "no_candidates", "conflict"),
  },
});

function toResponse({ decision, fallback, isDeferred }: Recommendation): RecommendResponse {
  return {
    decisionId: decision.decisionId,
    scenario: decision.scenario,
    policyVersion: decision.policyVersion,
    arm: decision.arm,
    slate: toSlate(decision),
    slatePropensity: decision.slatePropensity,
    seed: decision.seed,
    expiresAt: toTime(decision.expiresAt),
    ...(fallback === undefined ? {} : { fallback }),
    ...(isDeferred && { deferred: true }),
  };
}

export function addRecommend(app: App, { engine, metrics }: RouteParts): void {
  app.openapi(recommendRoute, async (context) => {
    const recommendation = await engine.recommend(context.req.valid("json"));
    metrics.countRecommendation(recommendation);
    return context.json(toResponse(recommendation), 200);
  });
  app.openapi(recommendBatchRoute, async (context) => {
    const batch = context.req.valid("json");
    countSlates(context, batch.requests.length);
    const recommendations = await engine.recommendBatch(batch);
    for (const one of recommendations) metrics.countRecommendation(one);
    return context.json({ recommendations: recommendations.map(toResponse) }, 200);
  });
}
