import { expect, test } from "vitest";
import { openTestServer, testApi } from "../../../tests/support/server.ts";
import type { ExplanationBody } from "../../contract/explanation.ts";
import type { RecommendResponse } from "../../contract/recommend.ts";

testApi([
  {
    name: "a decision that was never made has no explanation",
    method: "GET",
    url: "/api/v1/decisions/d-1/explanation",
    status: 404,
    contains: ['"code":"not_found"', '"details":{"decisionId":"d-1"}'],
  },
  {
    name: "an explanation has no options",
    method: "GET",
    url: "/api/v1/decisions/d-1/explanation/all",
    status: 404,
    contains: ['"code":"not_found"'],
  },
]);

test("a decision is explained as of its moment, with the events before it", async () => {
  const { send } = await openTestServer();
  const occurredAt = "2026-02-28T09:00:00.000Z";
  const event = { type: "click", userId: "ada", itemId: "old", value: 1, occurredAt };
  await send("POST", "/api/v1/items", { items: [{ itemId: "a" }, { itemId: "b" }] });
  await send("POST", "/api/v1/events", { events: [event] });
  const made = await send("POST", "/api/v1/recommend", { userId: "ada", slateSize: 2 });
  const { slate, slatePropensity, ...decided } = (await made.json()) as RecommendResponse;
  await send("POST", "/api/v1/events", { events: [{ ...event, itemId: "a" }] });
  const answer = await send("GET", `/api/v1/decisions/${decided.decisionId}/explanation`);
  expect(answer.status).toBe(200);
  const explanation = (await answer.json()) as ExplanationBody;
  expect(explanation).toMatchObject({
    decisionId: decided.decisionId,
    userId: "ada",
    arm: decided.arm,
    policyVersion: decided.policyVersion,
    decidedAt: "2026-03-01T12:00:00.000Z",
    slatePropensity,
    candidates: 2,
    leftOut: { available: 2, byRules: 0, seen: 0, notRetrieved: 0 },
    history: [{ itemId: "old", type: "click", value: 1, occurredAt }],
  });
  expect(
    explanation.slate.map(({ itemId, position, propensity }) => ({ itemId, position, propensity })),
  ).toEqual(slate);
});
