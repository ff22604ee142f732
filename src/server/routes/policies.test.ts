import { expect, test } from "vitest";
import { startOfTests } from "../../../tests/support/engine.ts";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";
import type { PoliciesResponse } from "../../contract/policies.ts";

/** Version 7 of scenario items is a child of version 1 and serves, put there by cycle 1. */
async function promoteChild({ store }: TestServer): Promise<void> {
  const bytes = await store.policies.bytes(1);
  const common = { scenario: "items", kind: "network", status: "serving" } as const;
  const promotion = { replaced: 1, promotedAt: startOfTests, holdbackShare: 0.05, predicted: {} };
  const arm = { users: 0, rows: 0 };
  const live = { version: 7, replaced: 1, since: startOfTests, serving: arm, holdback: arm };
  const realised = { ...live, action: "keep", looks: 3, reason: "too few to tell" } as const;
  const evidence = { verdict: "promote", promotion, realised } as const;
  await store.policies.apply({
    add: [{ ...common, parent: 1, createdAt: startOfTests, bytes: bytes!, evidence }],
    statuses: [{ version: 1, status: "holdback" }],
    assign: ([serving]) => ({
      scenario: "items",
      assignment: {
        serving: serving!,
        baseline: 2,
        canaryShare: 0,
        holdback: 1,
        holdbackShare: 0.05,
        exploration: 0.15,
      },
    }),
    cycle: ([candidateVersion]) => ({
      scenario: "items",
      outcome: "promote",
      reason: "better",
      policyVersion: 1,
      candidateVersion: candidateVersion!,
      startedAt: startOfTests - 2000,
      finishedAt: startOfTests,
      throughSequence: 9,
      record: { judgedDifference: 0.1 },
    }),
  });
}

test("the schema has every field of the answer", async () => {
  const server = await openTestServer();
  await promoteChild(server);
  const read = async (url: string) => (await server.send("GET", url)).json();
  const answer = Object.keys((await read("/api/v1/policies")) as PoliciesResponse);
  expect(await read("/openapi.json")).toMatchObject({
    components: {
      schemas: {
        PoliciesResponse: {
          properties: Object.fromEntries(answer.map((field) => [field, expect.anything()])),
        },
      },
    },
  });
});

testApi(
  [
    {
      name: "the first scenario's policies are listed newest first, with who serves",
      method: "GET",
      url: "/api/v1/policies",
      status: 200,
      contains: [
        '{"scenario":"items","serving":7,"canaryShare":0,"holdback":1,"holdbackShare":0.05,"baseline":2,"exploration":0.15,"mode":"automatic","policies":[{"version":7',
        '"parent":1,"createdAt":"2026-03-01T12:00:00.000Z"',
        '"evidence":{"verdict":"promote","promotion":{"replaced":1',
        '"realised":{"version":7,"replaced":1',
        '"status":"holdback"',
      ],
    },
    {
      name: "another scenario has its own policies",
      method: "GET",
      url: "/api/v1/policies?scenario=ads",
      status: 200,
      contains: ['"scenario":"ads","serving":3', '"version":4', '"version":3'],
      lacks: ['"version":7'],
    },
    {
      name: "the policies that answer now are listed beside the limit",
      method: "GET",
      url: "/api/v1/policies?limit=1",
      status: 200,
      contains: ['"version":7', '"version":2', '"version":1,'],
    },
    {
      name: "a scenario that nobody configured has no policies",
      method: "GET",
      url: "/api/v1/policies?scenario=video",
      status: 422,
      contains: ['"code":"unknown_scenario"'],
    },
    {
      name: "a roll-back puts the parent back and says which one serves",
      method: "POST",
      url: "/api/v1/policies/roll-back",
      body: { scenario: "items" },
      status: 200,
      contains: ['"version":1,', '"status":"serving"'],
      after: async ({ engine, store }) => {
        expect((await engine.health()).policyVersions).toMatchObject({ items: 1, ads: 3 });
        expect((await store.policies.find(7))?.status).toBe("rolled-back");
        expect((await store.policies.find(1))?.status).toBe("serving");
        expect(await store.policies.assignment("items")).not.toHaveProperty("holdback");
      },
    },
    {
      name: "a roll-back of a policy that serves no longer is a conflict and changes nothing",
      method: "POST",
      url: "/api/v1/policies/roll-back",
      body: { scenario: "items", serving: 1 },
      status: 409,
      contains: ["policy 1 of scenario items serves no longer: policy 7 does"],
      after: async ({ store }) => {
        expect(await store.policies.assignment("items")).toMatchObject({ serving: 7 });
      },
    },
    {
      name: "a roll-back of a first policy is a conflict and changes nothing",
      method: "POST",
      url: "/api/v1/policies/roll-back",
      body: { scenario: "ads" },
      status: 409,
      contains: ['"code":"conflict"'],
      after: async ({ store }) => {
        expect(await store.policies.assignment("ads")).toMatchObject({ serving: 3 });
      },
    },
    {
      name: "a roll-back without a scenario is refused",
      method: "POST",
      url: "/api/v1/policies/roll-back",
      body: {},
      status: 400,
      contains: ["body field scenario is missing"],
    },
    {
      name: "cycles are listed with times in UTC and without the learner's event number",
      method: "GET",
      url: "/api/v1/cycles",
      status: 200,
      contains: [
        '{"cycles":[{"cycle":1,"scenario":"items","outcome":"promote","reason":"better"',
        '"startedAt":"2026-03-01T11:59:58.000Z","finishedAt":"2026-03-01T12:00:00.000Z"',
        '"record":{"judgedDifference":0.1}',
      ],
      lacks: ["throughSequence"],
    },
    {
      name: "a cycle is read by its number",
      method: "GET",
      url: "/api/v1/cycles/1",
      status: 200,
      contains: [
        '{"cycle":1,"scenario":"items","outcome":"promote"',
        '"record":{"judgedDifference":0.1}',
      ],
      lacks: ["throughSequence"],
    },
    {
      name: "a cycle that never was is not found",
      method: "GET",
      url: "/api/v1/cycles/9",
      status: 404,
      contains: ['"code":"not_found"', '"cycle":9'],
    },
    {
      name: "a cycle has a number",
      method: "GET",
      url: "/api/v1/cycles/last",
      status: 400,
      contains: ['"code":"invalid_request"', '"field":"cycle"'],
    },
    {
      name: "cycles of another scenario are left out",
      method: "GET",
      url: "/api/v1/cycles?scenario=ads",
      status: 200,
      contains: ['{"cycles":[]}'],
    },
    {
      name: "a scenario that nobody configured has no cycles",
      method: "GET",
      url: "/api/v1/cycles?scenario=video",
      status: 422,
      contains: ['"code":"unknown_scenario"', '"known":["items","ads","feed"]'],
    },
    {
      name: "a limit that is no number is refused",
      method: "GET",
      url: "/api/v1/cycles?limit=all",
      status: 400,
      contains: ['query field limit is \\"all\\"'],
    },
  ],
  promoteChild,
);
