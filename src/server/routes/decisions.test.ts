import { expect, test } from "vitest";
import { sampleDecision } from "../../../tests/support/sample.ts";
import { openTestServer, testApi } from "../../../tests/support/server.ts";
import type { DecisionBody, DecisionSummary } from "../../contract/decision.ts";
import type { PageResponse } from "../../contract/page.ts";
import type { RecommendResponse } from "../../contract/recommend.ts";

testApi([
  {
    name: "a decision that was never made is not found",
    method: "GET",
    url: "/api/v1/decisions/d-1",
    status: 404,
    contains: ['"code":"not_found"', '"details":{"decisionId":"d-1"}'],
  },
]);

testApi([
  {
    name: "a decision that was never made, or has expired, can't be activated",
    method: "POST",
    url: "/api/v1/decisions/d-1/activate",
    status: 404,
    contains: ['"code":"not_found"', '"details":{"decisionId":"d-1"}', "not activated by its"],
  },
  {
    name: "a decision is activated by no other method",
    method: "GET",
    url: "/api/v1/decisions/d-1/activate",
    status: 405,
    contains: ['"code":"method_not_allowed"', "POST"],
  },
  {
    name: "a request that is deferred or not says so by true or false",
    method: "POST",
    url: "/api/v1/recommend",
    body: { userId: "ada", deferred: "later" },
    status: 400,
    contains: ['"code":"invalid_request"', '"field":"deferred"'],
  },
]);

test("a deferred decision is activated without a body, as often as one likes", async () => {
  const { send, advance } = await openTestServer();
  const candidates = [{ itemId: "a", features: {} }];
  const request = { userId: "ada", slateSize: 1, candidates, deferred: true };
  const drawn = await send("POST", "/api/v1/recommend", request);
  expect(await drawn.json()).toMatchObject({ decisionId: "d-1", deferred: true });
  const click = { type: "click", userId: "ada", itemId: "a", decisionId: "d-1" };
  const answered = await send("POST", "/api/v1/events", { events: [click] });
  expect(await answered.json()).toMatchObject({ outcomes: ["deferred"] });
  advance(60);
  const times = { decidedAt: "2026-03-01T12:01:00.000Z", expiresAt: expect.any(String) };
  for (const body of [undefined, {}]) {
    const activated = await send("POST", "/api/v1/decisions/d-1/activate", body);
    expect([activated.status, await activated.json()]).toEqual([
      200,
      { decisionId: "d-1", ...times },
    ]);
  }
  const read = await send("GET", "/api/v1/decisions/d-1");
  expect(await read.json()).toMatchObject({
    ...times,
    drawnAt: "2026-03-01T12:00:00.000Z",
    rewards: [expect.any(Number)],
  });
});

testApi([
  {
    name: "decisions of a page that begins at none are refused",
    method: "GET",
    url: "/api/v1/decisions?after=d-9",
    status: 400,
    contains: ['"code":"invalid_request"', "after is 'd-9', which is no decision"],
  },
  {
    name: "decisions from no time are refused",
    method: "GET",
    url: "/api/v1/decisions?from=yesterday",
    status: 400,
    contains: ['"code":"invalid_request"', '"field":"from"'],
  },
  {
    name: "decisions of an unknown scenario are refused",
    method: "GET",
    url: "/api/v1/decisions?scenario=none",
    status: 422,
    contains: ['"code":"unknown_scenario"'],
  },
]);

test("decisions are listed by user and item, newest first, in pages", async () => {
  const { send } = await openTestServer();
  const candidates = [{ itemId: "a", features: {} }];
  for (const userId of ["ada", "bob", "ada", "ada"])
    await send("POST", "/api/v1/recommend", { userId, slateSize: 1, candidates });
  await send("POST", "/api/v1/events", {
    events: [{ type: "purchase", userId: "ada", itemId: "a", decisionId: "d-1" }],
  });
  const list = async (query: string) => {
    const response = await send("GET", `/api/v1/decisions?${query}`);
    return (await response.json()) as PageResponse<DecisionSummary>;
  };
  const first = await list("userId=ada&limit=2");
  expect(first.rows.map(({ decisionId }) => decisionId)).toEqual(["d-4", "d-3"]);
  const second = await list(`userId=ada&limit=2&after=${first.next}`);
  expect(second).toEqual({
    rows: [expect.objectContaining({ decisionId: "d-1", userId: "ada", rewards: [5] })],
  });
  expect((await list("itemId=a")).rows.length).toBe(4);
  expect(await list("itemId=b")).toEqual({ rows: [] });
  expect(await list("to=2020-01-01T00:00:00Z")).toEqual({ rows: [] });
});

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
