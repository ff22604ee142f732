import { expect, test } from "vitest";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";

const url = "/api/v1/interventions";

/** Version 7 of scenario items passed the gate and waits. */
async function leaveWaiting({ store }: TestServer): Promise<void> {
  const bytes = await store.policies.bytes(1);
  const before = await store.policies.assignment("items");
  const evidence = { proposed: { reason: "better", holdbackShare: 0, predicted: {} } };
  await store.policies.apply({
    add: [
      {
        scenario: "items",
        kind: "network",
        status: "waiting",
        createdAt: 0,
        bytes: bytes!,
        evidence,
      },
    ],
    assign: ([waiting]) => ({
      scenario: "items",
      assignment: { ...before, mode: "ask", waiting: waiting! },
    }),
  });
}

testApi(
  [
    {
      name: "promotions are paused, with who and why, and the policies' answer says so",
      method: "POST",
      url,
      body: { scenario: "items", kind: "pause", by: "ada", reason: "sale week" },
      status: 200,
      contains: [
        '{"by":"ada","reason":"sale week","scenario":"items","kind":"pause","madeAt":"2026-03-01T12:00:00.000Z","intervention":1}',
      ],
      after: async ({ send }) => {
        const read = async (path: string) => (await send("GET", path)).json();
        expect(await read("/api/v1/policies?scenario=items")).toMatchObject({ mode: "paused" });
        expect(await read("/health")).toMatchObject({
          status: "ok",
          promotions: { items: "paused", ads: "automatic", feed: "automatic" },
        });
      },
    },
    {
      name: "the policy that waits is listed and approved by its version",
      method: "POST",
      url,
      body: { scenario: "items", kind: "approve", version: 7 },
      status: 200,
      contains: ['"kind":"approve"', '"version":7,"replaced":1'],
      lacks: ['"by"', '"reason"'],
      after: async ({ send }) => {
        const { serving, mode, waiting } = (await (
          await send("GET", "/api/v1/policies")
        ).json()) as Record<string, unknown>;
        expect([serving, mode, waiting]).toEqual([7, "ask", undefined]);
      },
    },
    {
      name: "a version that does not wait is a conflict and nothing is recorded",
      method: "POST",
      url,
      body: { scenario: "items", kind: "approve", version: 1 },
      status: 409,
      contains: ['"code":"conflict"', "policy 7 waits"],
      after: async ({ engine }) => {
        expect(await engine.interventions({ limit: 9 })).toEqual([]);
      },
    },
    {
      name: "a version of another scenario is not found",
      method: "POST",
      url,
      body: { scenario: "items", kind: "pin", version: 3 },
      status: 404,
      contains: ['"code":"not_found"', "scenario items has no policy 3"],
    },
    {
      name: "a baseline is not pinned",
      method: "POST",
      url,
      body: { scenario: "items", kind: "pin", version: 2 },
      status: 409,
      contains: ["policy 2 is a baseline"],
    },
    {
      name: "a kind that is none is refused",
      method: "POST",
      url,
      body: { scenario: "items", kind: "stop" },
      status: 400,
      contains: ['body field kind is \\"stop\\": send pause, ask, resume, pin, approve or reject'],
    },
    {
      name: "a roll-back has a route of its own",
      method: "POST",
      url,
      body: { scenario: "items", kind: "roll-back" },
      status: 400,
      contains: ['"code":"invalid_request"'],
    },
    {
      name: "a pin names its version",
      method: "POST",
      url,
      body: { scenario: "items", kind: "pin" },
      status: 400,
      contains: ["body field version is missing"],
    },
    {
      name: "a reason of more than 1000 characters is refused",
      method: "POST",
      url,
      body: { scenario: "items", kind: "pause", reason: "x".repeat(1001) },
      status: 400,
      contains: ['"field":"reason"'],
    },
    {
      name: "a scenario that nobody configured can't be paused",
      method: "POST",
      url,
      body: { scenario: "video", kind: "pause" },
      status: 422,
      contains: ['"code":"unknown_scenario"'],
    },
    {
      name: "nor have interventions",
      method: "GET",
      url: `${url}?scenario=video`,
      status: 422,
      contains: ['"code":"unknown_scenario"'],
    },
  ],
  leaveWaiting,
);

test("what operators did is listed newest first, by scenario, with roll-backs", async () => {
  const { send, store } = await openTestServer();
  const bytes = await store.policies.bytes(1);
  const child = {
    kind: "network",
    status: "serving",
    createdAt: 0,
    evidence: {},
    parent: 1,
  } as const;
  await store.policies.apply({
    add: [{ ...child, scenario: "items", bytes: bytes! }],
    assign: ([serving]) => ({
      scenario: "items",
      assignment: { serving: serving!, canaryShare: 0 },
    }),
  });
  await send("POST", url, { scenario: "ads", kind: "ask" });
  const note = { by: "ada", reason: "fewer purchases" };
  const answer = await send("POST", "/api/v1/policies/roll-back", { scenario: "items", ...note });
  expect(answer.status).toBe(200);
  const madeAt = "2026-03-01T12:00:00.000Z";
  const rolledBack = { kind: "roll-back", version: 1, replaced: 7, madeAt, ...note };
  const listed = async (query: string) => (await send("GET", `${url}${query}`)).json();
  const asked = { intervention: 1, scenario: "ads", kind: "ask", madeAt };
  const first = { intervention: 2, scenario: "items", ...rolledBack };
  expect(await listed("")).toEqual({ interventions: [first, asked] });
  expect(await listed("?scenario=items")).toEqual({ interventions: [first] });
  expect(await listed("?limit=1")).toEqual({ interventions: [first] });
});

test("the schema has both forms of a request", async () => {
  const { send } = await openTestServer();
  const document = (await (await send("GET", "/openapi.json")).json()) as {
    components: { schemas: Record<string, { oneOf?: unknown[] }> };
  };
  expect(document.components.schemas.InterventionRequest?.oneOf).toHaveLength(2);
});
