import { expect, test } from "vitest";
import { sampleDecision } from "../../../tests/support/sample.ts";
import { openTestServer, testApi } from "../../../tests/support/server.ts";
import type { RecommendResponse } from "../../contract/api.ts";
import type { DecisionBody } from "../../contract/decision.ts";

testApi([
  {
    name: "a decision that was never made is not found",
    method: "GET",
    url: "/api/v1/decisions/d-1",
    status: 404,
    contains: ['"code":"not_found"', '"details":{"decisionId":"d-1"}'],
  },
]);

test("a decision is read as it was made, with the profile of its moment and the reward so far", async () => {
  const { send, clock } = await openTestServer();
  const occurredAt = "2026-02-28T09:00:00.000Z";
  const before = { type: "click", userId: "ada", itemId: "old", value: 1, occurredAt };
  await send("PUT", "/api/v1/users/ada", { attributes: { country: "SE" } });
  await send("POST", "/api/v1/events", { events: [before] });
  const candidates = [{ itemId: "a", features: { x: 1 } }];
  const request = {
    userId: "ada",
    slateSize: 1,
    candidates,
    context: { device: "phone" },
  };
  const made = await send("POST", "/api/v1/recommend", request);
  const { arm, policyVersion, seed } = (await made.json()) as RecommendResponse;
  await send("PUT", "/api/v1/users/ada", { attributes: { country: "NO" } });
  await send("POST", "/api/v1/events", {
    events: [{ type: "purchase", userId: "ada", itemId: "a", decisionId: "d-1" }],
  });

  const response = await send("GET", "/api/v1/decisions/d-1");
  const { type, itemId, value } = before;
  expect((await response.json()) as DecisionBody).toEqual({
    decisionId: "d-1",
    userId: "ada",
    scenario: "items",
    arm,
    policyVersion,
    seed,
    asOf: 5,
    context: { device: "phone" },
    candidates,
    slate: [{ itemId: "a", position: 0, propensity: 1 }],
    slatePropensity: 1,
    exploration: 0.03,
    decidedAt: new Date(clock()).toISOString(),
    expiresAt: "2026-03-01T12:31:00.000Z",
    offeredBy: "request",
    // A purchase is worth 5 in the default configuration.
    rewards: [5],
    profile: { attributes: { country: "SE" }, history: [{ itemId, type, value, occurredAt }] },
  });
});

test("the fast loop's part in a decision is shown", async () => {
  const { send, store } = await openTestServer();
  const settings = { forgetting: 0.998, temperature: 0.03, drawScale: 0.2 };
  const fastLoop = { version: 1, through: 640, renewal: 208, ...settings };
  await store.decisions.append(sampleDecision("d-1", { fastLoop }));
  await store.decisions.append(sampleDecision("d-2"));
  const read = async (id: string) =>
    (await (await send("GET", `/api/v1/decisions/${id}`)).json()) as DecisionBody;
  expect((await read("d-1")).fastLoop).toEqual(fastLoop);
  expect(await read("d-2")).not.toHaveProperty("fastLoop");
});

test("a position without an event has no reward yet", async () => {
  const { send } = await openTestServer();
  const candidates = ["a", "b"].map((itemId) => ({ itemId, features: {} }));
  await send("POST", "/api/v1/recommend", { userId: "ada", slateSize: 2, candidates });
  const response = await send("GET", "/api/v1/decisions/d-1");
  expect(((await response.json()) as DecisionBody).rewards).toEqual([null, null]);
});
