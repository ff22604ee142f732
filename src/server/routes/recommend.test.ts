import { expect, test } from "vitest";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";
import type { RecommendResponse } from "../../contract/recommend.ts";

const method = "POST";
const url = "/api/v1/recommend";
const candidates = [{ itemId: "a" }, { itemId: "b" }, { itemId: "c" }];

async function arrange({ send }: TestServer): Promise<void> {
  await send("POST", "/api/v1/items", { items: candidates });
}

const countDecisions = (scenario: string, expected: number) => async (server: TestServer) => {
  expect(await server.engine.countDecisions(scenario)).toBe(expected);
};

testApi(
  [
    {
      name: "a slate of the catalogue is answered, and its decision stored",
      method,
      url,
      body: { userId: "ada", slateSize: 2, seed: 1 },
      status: 200,
      contains: ['"decisionId":"d-1"', '"scenario":"items"', '"policyVersion":1', '"seed":'],
      lacks: ['"fallback"', '"candidates"'],
      after: countDecisions("items", 1),
    },
    {
      name: "a scenario that is named is the one that decides",
      method,
      url,
      body: { userId: "ada", scenario: "ads" },
      status: 200,
      contains: ['"scenario":"ads"', '"expiresAt":"2026-03-01T12:31:00.000Z"'],
      after: countDecisions("ads", 1),
    },
    {
      name: "a scenario in the query is refused, and nothing decided",
      method,
      url: `${url}?scenario=ads`,
      body: { userId: "ada" },
      status: 400,
      contains: ["query field scenario is unknown"],
      after: countDecisions("items", 0),
    },
    {
      name: "features sent with a candidate stand in for the catalogue",
      method,
      url,
      body: { userId: "ada", slateSize: 1, candidates: [{ itemId: "new", features: { x: 1 } }] },
      status: 200,
      contains: ['"itemId":"new"', '"slatePropensity":1'],
    },
    {
      name: "a slate larger than the candidates is refused",
      method,
      url,
      body: { userId: "ada", slateSize: 4, candidates },
      status: 400,
      contains: ['"code":"invalid_request"', "slateSize", "3 candidates"],
      after: countDecisions("items", 0),
    },
    {
      name: "a batch is answered in the order of its requests",
      method,
      url: `${url}/batch`,
      body: {
        requests: [
          { userId: "ada", scenario: "ads", slateSize: 1 },
          { userId: "ada", relatedTo: { itemId: "a", kind: "similar" }, slateSize: 2 },
        ],
        distinct: true,
      },
      status: 200,
      contains: ['{"recommendations":[{"decisionId":"d-1","scenario":"ads"', '"decisionId":"d-2"'],
      after: countDecisions("items", 1),
    },
    {
      name: "a batch with a request that can't be answered decides nothing",
      method,
      url: `${url}/batch`,
      body: {
        requests: [
          { userId: "ada" },
          { userId: "ben", relatedTo: { itemId: "nowhere", kind: "similar" } },
        ],
      },
      status: 422,
      contains: ['"code":"unknown_item"', "requests[1]", "'nowhere'", "PUT /api/v1/items/nowhere"],
      after: countDecisions("items", 0),
    },
    {
      name: "another kind of related items is refused with those that there are",
      method,
      url,
      body: { userId: "ada", relatedTo: { itemId: "a", kind: "alike" } },
      status: 400,
      contains: ["relatedTo.kind", "send similar or complementary"],
      after: countDecisions("items", 0),
    },
    {
      name: "a slate size of 0 is refused",
      method,
      url,
      body: { userId: "ada", slateSize: 0 },
      status: 400,
      contains: ['"code":"invalid_request"', "slateSize"],
    },
    {
      name: "a candidate that comes twice is refused and named",
      method,
      url,
      body: { userId: "ada", slateSize: 1, candidates: [{ itemId: "a" }, { itemId: "a" }] },
      status: 400,
      contains: ['"code":"invalid_request"', "candidates[1]"],
    },
    {
      name: "an empty list of candidates is refused with no_candidates",
      method,
      url,
      body: { userId: "ada", candidates: [] },
      status: 422,
      contains: ['"code":"no_candidates"'],
    },
    {
      name: "a candidate that nobody knows is refused with unknown_item",
      method,
      url,
      body: { userId: "ada", slateSize: 1, candidates: [{ itemId: "nope" }] },
      status: 422,
      contains: ['"code":"unknown_item"', '"details":{"itemId":"nope"}'],
    },
    {
      name: "a scenario that nobody configured is refused with the known ones",
      method,
      url,
      body: { userId: "ada", scenario: "video" },
      status: 422,
      contains: ['"code":"unknown_scenario"', '"known":["items","ads","feed"]'],
    },
    {
      name: "an unknown field is refused and named",
      method,
      url,
      body: { userId: "ada", slatesize: 2 },
      status: 400,
      contains: ["body field slatesize is unknown", '"field":"slatesize"'],
      after: countDecisions("items", 0),
    },
    {
      name: "a missing user is refused and named",
      method,
      url,
      body: { slateSize: 2 },
      status: 400,
      contains: ["body field userId is missing: send text; the schema"],
    },
    {
      name: "a user id of 257 characters is refused",
      method,
      url,
      body: { userId: "u".repeat(257) },
      status: 400,
      contains: ["body field userId is", "256"],
    },
    {
      name: "a user id with a control character is refused",
      method,
      url,
      body: { userId: "a\nb" },
      status: 400,
      contains: ["body field userId is", "must not hold a control character"],
    },
    {
      name: "a user id with half a surrogate pair is refused",
      method,
      url,
      body: '{"userId":"\\ud800"}',
      status: 400,
      contains: ["body field userId is", "a lone surrogate"],
    },
    {
      name: "a seed beyond 32 bits is refused",
      method,
      url,
      body: { userId: "ada", seed: 2 ** 32 },
      status: 400,
      contains: ["body field seed is 4294967296"],
    },
    {
      name: "a context that is a list is refused",
      method,
      url,
      body: { userId: "ada", context: [] },
      status: 400,
      contains: ["body field context is []: send an object"],
    },
  ],
  arrange,
);

test("an id of 256 characters and of characters beyond ASCII is served", async () => {
  const server = await openTestServer();
  const itemId = `${"😀".repeat(100)} / % ? # é`;
  const response = await server.send(method, url, {
    userId: "u".repeat(256),
    slateSize: 1,
    candidates: [{ itemId, features: {} }],
  });
  expect(((await response.json()) as RecommendResponse).slate).toEqual([
    { itemId, position: 0, propensity: 1 },
  ]);
});

test("the answer's propensities are the logged ones, and multiply to the slate's", async () => {
  const server = await openTestServer();
  await arrange(server);
  const response = await server.send(method, url, { userId: "ada", slateSize: 3 });
  const { slate, slatePropensity } = (await response.json()) as RecommendResponse;
  // The first policy knows nothing: 1/3, then 1/2, then the last item that is left.
  expect(slate.map(({ propensity }) => propensity)).toEqual([1 / 3, 1 / 2, 1]);
  expect(slatePropensity).toBeCloseTo(1 / 6, 12);
  expect(slate.map(({ itemId }) => itemId).toSorted()).toEqual(["a", "b", "c"]);
  expect(slate.map(({ position }) => position)).toEqual([0, 1, 2]);
});

test("the same seed gives the same slate", async () => {
  const server = await openTestServer();
  const body = {
    userId: "ada",
    slateSize: 5,
    seed: 42,
    candidates: Array.from({ length: 20 }, (_, index) => ({ itemId: `i${index}`, features: {} })),
  };
  const slates = await Promise.all(
    [1, 2].map(async () => {
      const response = await server.send(method, url, body);
      return ((await response.json()) as RecommendResponse).slate;
    }),
  );
  expect(slates[0]).toHaveLength(5);
  expect(slates[0]).toEqual(slates[1]);
});

test("a request that is sent again is one decision in the metrics", async () => {
  const server = await openTestServer();
  await arrange(server);
  const body = { userId: "ada", slateSize: 1, idempotencyKey: "page-1" };
  const answers = await Promise.all(
    [1, 2].map(async () => (await server.send(method, url, body)).json()),
  );
  expect(answers[1]).toEqual(answers[0]);
  const metrics = await (await server.send("GET", "/metrics")).text();
  expect(metrics).toMatch(/recurve_decisions_total\{scenario="items",arm="serving"\} 1\n/);
});
