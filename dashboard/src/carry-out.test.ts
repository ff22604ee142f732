import { expect, test } from "vitest";
import { createClient } from "../../src/sdk/client.ts";
import { carryOut, toNote } from "./carry-out.ts";
import { askOf } from "./operating.ts";

const asked = { scenario: "shop", serving: 5, canaryShare: 0, mode: "ask", policies: [] } as const;

test("an empty field is not told", () => {
  expect(toNote("", "  ")).toEqual({});
  expect(toNote(" ada ", "sale")).toEqual({ by: "ada", reason: "sale" });
});

test("a roll-back is of the policy of its question, all else is an intervention in its scenario", async () => {
  const sent: unknown[] = [];
  const client = createClient({
    baseUrl: "http://loop",
    fetch: (url, { body }) => {
      sent.push([url, JSON.parse(String(body))]);
      return Promise.resolve(Response.json({}));
    },
  });
  const note = { reason: "sale" };
  await carryOut(client, askOf("roll-back", asked), { version: undefined, note });
  await carryOut(client, askOf("pin", asked), { version: 5, note: {} });
  await carryOut(client, askOf("pause", asked), { version: undefined, note });
  expect(sent).toEqual([
    ["http://loop/api/v1/policies/roll-back", { scenario: "shop", serving: 5, ...note }],
    ["http://loop/api/v1/interventions", { scenario: "shop", kind: "pin", version: 5 }],
    ["http://loop/api/v1/interventions", { scenario: "shop", kind: "pause", ...note }],
  ]);
});
