import { expect, test } from "vitest";
import { openTestServer } from "../../tests/support/server.ts";
import { ApiError, createClient, type Fetch } from "./client.ts";

/** A client of a real server without a socket, and the requests that it sent. */
async function openClient() {
  const { app } = await openTestServer();
  const requests: string[] = [];
  const fetch: Fetch = async (url, init) => {
    requests.push(`${init.method} ${url}`);
    return app.request(url, init);
  };
  return { client: createClient({ baseUrl: "", fetch }), requests };
}

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail("expected a rejection"),
    (error: unknown) => error as ApiError,
  );

test("items are written, read, listed and deleted", async () => {
  const { client, requests } = await openClient();
  const itemId = "a/b ?";
  expect(await client.putItem({ itemId, categories: ["x"] })).toMatchObject({ created: 1 });
  expect(await client.putItems([{ itemId: "c" }, { itemId }])).toEqual({
    created: 1,
    updated: 1,
    unchanged: 0,
  });
  const item = { itemId, categories: [], attributes: {}, available: true };
  expect(await client.getItem(itemId)).toEqual(item);
  expect(await client.listItems({ limit: 1 })).toEqual({ rows: [item], next: itemId });
  const { rows } = await client.listItems({ after: itemId });
  expect(rows.map((row) => row.itemId)).toEqual(["c"]);
  expect(await client.deleteItem(itemId)).toBeUndefined();
  expect((await client.listItems()).rows).toHaveLength(1);
  expect(requests[0]).toBe("PUT /api/v1/items/a%2Fb%20%3F");
  expect(requests.at(-3)).toBe("GET /api/v1/items?after=a%2Fb+%3F");
});

test("users are written, read, listed and deleted", async () => {
  const { client } = await openClient();
  const ada = { userId: "ada", attributes: { age: 36 } };
  expect(await client.putUser(ada)).toMatchObject({ created: 1 });
  expect(await client.putUsers([ada, { userId: "bob" }])).toMatchObject({
    created: 1,
    unchanged: 1,
  });
  expect(await client.getUser("ada")).toEqual(ada);
  expect(await client.listUsers({ limit: 1 })).toEqual({ rows: [ada], next: "ada" });
  expect(await client.deleteUser("ada")).toMatchObject({ kind: "erasure", rows: { users: 1 } });
  expect((await rejection(client.getUser("ada"))).code).toBe("not_found");
});

test("edges are made, listed and ended", async () => {
  const { client, requests } = await openClient();
  await client.putUsers([{ userId: "ada" }, { userId: "b/b" }]);
  const friend = { userId: "ada", type: "friend", to: "b/b" } as const;
  expect(await client.putEdges([friend])).toEqual({ created: 1, updated: 0, unchanged: 0 });
  expect(await client.listEdges("b/b", { limit: 1 })).toEqual({
    edges: [{ userId: "b/b", type: "friend", to: "ada" }],
  });
  await client.deleteEdge(friend);
  expect(requests.at(-1)).toBe("DELETE /api/v1/edges/ada/friend/b%2Fb");
  expect(await client.listEdges("ada")).toEqual({ edges: [] });
});

test("policies and cycles are listed for a scenario, and a roll-back names it", async () => {
  const { client, requests } = await openClient();
  const { scenario, policies } = await client.listPolicies({ scenario: "ads", limit: 1 });
  expect([scenario, policies.map(({ version }) => version)]).toEqual(["ads", [4, 3]]);
  expect(await client.listCycles({ scenario: "ads", limit: 5 })).toEqual({ cycles: [] });
  expect((await rejection(client.getCycle(3))).code).toBe("not_found");
  expect((await rejection(client.rollBack("ads"))).code).toBe("conflict");
  expect(requests).toEqual([
    "GET /api/v1/policies?scenario=ads&limit=1",
    "GET /api/v1/cycles?scenario=ads&limit=5",
    "GET /api/v1/cycles/3",
    "POST /api/v1/policies/roll-back",
  ]);
});

test("decisions are listed by user and item, page after page", async () => {
  const { client } = await openClient();
  await client.putItem({ itemId: "tea" });
  const ids: string[] = [];
  for (const userId of ["ada", "bob", "ada"])
    ids.push((await client.recommend({ userId, slateSize: 1 })).decisionId);
  const wanted = { userId: "ada", itemId: "tea", limit: 1 };
  const { rows, next = "" } = await client.listDecisions(wanted);
  expect([rows[0]?.decisionId, next]).toEqual([ids[2], ids[2]]);
  const rest = await client.listDecisions({ ...wanted, after: next });
  expect(rest).toMatchObject({ rows: [{ decisionId: ids[0], slate: [{ itemId: "tea" }] }] });
  expect(rest).not.toHaveProperty("next");
});

test("a deferred decision is activated by its id", async () => {
  const { client, requests } = await openClient();
  await client.putItem({ itemId: "tea" });
  const drawn = await client.recommend({ userId: "ada", slateSize: 1, deferred: true });
  expect(drawn.deferred).toBe(true);
  const { decisionId, expiresAt } = drawn;
  expect((await rejection(client.getDecision(decisionId))).code).toBe("not_found");
  const decidedAt = "2026-03-01T12:00:00.000Z";
  expect(await client.activateDecision(decisionId)).toEqual({ decisionId, decidedAt, expiresAt });
  expect(requests.at(-1)).toBe(`POST /api/v1/decisions/${decisionId}/activate`);
  expect(await client.getDecision(decisionId)).toMatchObject({ decidedAt, drawnAt: decidedAt });
  expect((await rejection(client.activateDecision("none"))).code).toBe("not_found");
});

test("a decision is explained by its id", async () => {
  const { client, requests } = await openClient();
  await client.putItem({ itemId: "tea" });
  const { decisionId, slate } = await client.recommend({ userId: "ada", slateSize: 1 });
  const explanation = await client.explainDecision(decisionId);
  expect(explanation.slate[0]).toMatchObject({ ...slate[0], pinned: false, open: 1 });
  expect(requests.at(-1)).toBe(`GET /api/v1/decisions/${decisionId}/explanation`);
});

test("promotions are paused and versions pinned, and what was done is listed", async () => {
  const { client, requests } = await openClient();
  const pin = { scenario: "ads", kind: "pin", version: 3, by: "ada", reason: "sale" } as const;
  const pinned = await client.intervene(pin);
  expect(pinned).toMatchObject({ ...pin, intervention: 1 });
  expect(await client.listPolicies({ scenario: "ads" })).toMatchObject({ mode: "pinned" });
  await client.intervene({ scenario: "items", kind: "pause" });
  const { interventions } = await client.listInterventions({ scenario: "ads", limit: 5 });
  expect(interventions).toEqual([pinned]);
  const note = { reason: "fewer purchases" };
  const refused = await rejection(client.rollBack("ads", note));
  expect(refused).toMatchObject({
    code: "conflict",
    message: expect.stringContaining("is pinned"),
  });
  expect(requests.filter((request) => request.includes("interventions"))).toEqual([
    "POST /api/v1/interventions",
    "POST /api/v1/interventions",
    "GET /api/v1/interventions?scenario=ads&limit=5",
  ]);
});

test("an error of the server is an ApiError with all that the server said", async () => {
  const { client, requests } = await openClient();
  const error = await rejection(client.recommend({ userId: "ada", scenario: "video" }));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    code: "unknown_scenario",
    status: 422,
    message: "no scenario 'video'; choose one of items, ads, feed",
    details: { field: "scenario", value: "video", known: ["items", "ads", "feed"] },
    type: expect.stringMatching(/docs\/errors\.md#unknown_scenario$/),
    retryable: false,
  });
  expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(requests).toHaveLength(1);
});

const answering = (status: number, text: string) =>
  createClient({ baseUrl: "http://host", fetch: async () => new Response(text, { status }) });

test.each([
  [429, true],
  [500, false],
  [502, true],
  [503, true],
  [504, true],
  [409, false],
])("an error with status %i is retryable: %s", async (status, retryable) => {
  const body = { error: { code: "c", message: "m", details: { a: 1 }, requestId: "r" } };
  expect(await rejection(answering(status, JSON.stringify(body)).getHealth())).toMatchObject({
    code: "c",
    message: "m",
    status,
    details: { a: 1 },
    type: undefined,
    requestId: "r",
    retryable,
  });
});

test("problem details of a proxy, which have no code of ours, are invalid_response", async () => {
  const problem = { type: "about:blank", title: "Bad Gateway", status: 502, detail: "upstream" };
  expect(await rejection(answering(502, JSON.stringify(problem)).getHealth())).toMatchObject({
    code: "invalid_response",
    status: 502,
    type: undefined,
  });
});

test.each([
  [502, "<html>Bad gateway</html>", true],
  [200, "<html>Welcome</html>", false],
  [404, '{"message":"not ours"}', false],
  [500, "", false],
])(
  "an answer of another server with status %i is invalid_response",
  async (status, text, retryable) => {
    expect(await rejection(answering(status, text).getHealth())).toMatchObject({
      code: "invalid_response",
      status,
      details: {},
      requestId: undefined,
      retryable,
      message: `expected JSON from http://host/health, got something else with status ${status}; check the address`,
    });
  },
);

test("a server that can't be reached is unreachable, and the cause is kept", async () => {
  const cause = new TypeError("connection refused");
  const client = createClient({ baseUrl: "http://host", fetch: () => Promise.reject(cause) });
  expect(await rejection(client.getHealth())).toMatchObject({
    code: "unreachable",
    status: 0,
    retryable: true,
    cause,
  });
});

test("an id that no path can name, and a body that is no JSON, reject as invalid_request and are not sent", async () => {
  const { client, requests } = await openClient();
  const itself: Record<string, unknown> = {};
  itself.itself = itself;
  const remedy = 'send a text other than "", "." and ".."';
  const none = undefined as never;
  for (const [call, message] of [
    [() => client.putItem({} as never), `itemId is undefined: ${remedy}`],
    [() => client.putUser(none), `userId is undefined: ${remedy}`],
    [() => client.getUser(none), `userId is undefined: ${remedy}`],
    [() => client.deleteUser(7n as never), `userId is 7: ${remedy}`],
    [() => client.deleteEdge(none), `userId is undefined: ${remedy}`],
    [() => client.deleteItem(".."), `itemId is "..": ${remedy}`],
    [() => client.activateDecision(""), `decisionId is "": ${remedy}`],
    [() => client.getItem("a\ud800"), `itemId is "a\\ud800": ${remedy}`],
    [() => client.recommend({ userId: "ada", seed: 1n as never }), /^body is no JSON: .*BigInt/],
    [() => client.putItems([itself as never]), /^body is no JSON: .*circular/],
  ] as const) {
    const error = await rejection(call());
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "invalid_request", status: 0, retryable: false });
    if (typeof message === "string") expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  }
  expect(requests).toEqual([]);
});

test.each([0, -1, 0.5, 3333.3, 2 ** 31, Number.NaN, "5"])(
  "the timeoutMs %s is refused before any request",
  (timeoutMs) => {
    const create = () => createClient({ baseUrl: "http://host", timeoutMs: timeoutMs as number });
    expect(create).toThrow(
      `timeoutMs is ${timeoutMs}: send a whole number of milliseconds up to 2147483647`,
    );
  },
);

test("an answer that doesn't come in time is a timeout, its body included", async () => {
  const waitFor = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const silent: Fetch = (_, { signal }) => waitFor(signal);
  const slow: Fetch = async (_, { signal }) => {
    return { ok: true, status: 200, text: () => waitFor(signal) };
  };
  for (const fetch of [silent, slow]) {
    const client = createClient({ baseUrl: "http://host", fetch, timeoutMs: 5 });
    expect(await rejection(client.getHealth())).toMatchObject({
      code: "timeout",
      status: 0,
      retryable: true,
      message: "no answer from http://host/health within 5 ms",
    });
  }
});

test("an API key goes along as a bearer, and one that fits no header is refused unseen", async () => {
  const sent: (string | undefined)[] = [];
  const fetch: Fetch = async (_, { headers }) => {
    sent.push(headers.authorization);
    return Response.json({ status: "ready" });
  };
  await createClient({ baseUrl: "http://host", fetch, apiKey: "rk_abc" }).getReady();
  await createClient({ baseUrl: "http://host", fetch }).getReady();
  expect(sent).toEqual(["Bearer rk_abc", undefined]);
  for (const apiKey of ["", "rk_a b", "rk_a\nb", "rk_ä", 7 as never]) {
    const create = () => createClient({ baseUrl: "http://host", fetch, apiKey });
    expect(create).toThrow("apiKey is unfit: send the text that recurve keys create printed");
  }
});
