import { expect, test } from "vitest";
import { createClient } from "../../src/sdk/client.ts";
import { carryOut, toNote } from "./carry-out.ts";
import { askOf } from "./operating.ts";

const asked = { scenario: "shop", serving: 5, canaryShare: 0, mode: "ask", policies: [] } as const;

/** A client of a server whose policy `serving` serves; what it was sent is kept. */
function openClient(serving: number) {
  const sent: unknown[] = [];
  const client = createClient({
    baseUrl: "http://loop",
    fetch: (url, { method, body }) => {
      sent.push(method === "POST" ? [url, JSON.parse(String(body))] : url);
      return Promise.resolve(Response.json({ ...asked, serving }));
    },
  });
  return { client, sent };
}

test("an empty field is not told", () => {
  expect(toNote("", "  ")).toEqual({});
  expect(toNote(" ada ", "sale")).toEqual({ by: "ada", reason: "sale" });
});

test("a roll-back has a route of its own, all else is an intervention in the scenario of its question", async () => {
  const { client, sent } = openClient(5);
  const note = { reason: "sale" };
  await carryOut(client, askOf("roll-back", asked), { version: undefined, note });
  await carryOut(client, askOf("pin", asked), { version: 5, note: {} });
  await carryOut(client, askOf("pause", asked), { version: undefined, note });
  expect(sent).toEqual([
    "http://loop/api/v1/policies?scenario=shop&limit=1",
    ["http://loop/api/v1/policies/roll-back", { scenario: "shop", ...note }],
    ["http://loop/api/v1/interventions", { scenario: "shop", kind: "pin", version: 5 }],
    ["http://loop/api/v1/interventions", { scenario: "shop", kind: "pause", ...note }],
  ]);
});

test("a roll-back of a policy that another has replaced meanwhile is refused, and nothing is sent", async () => {
  const { client, sent } = openClient(3);
  await expect(
    carryOut(client, askOf("roll-back", asked), { version: undefined, note: {} }),
  ).rejects.toThrow(
    "policy 5 of scenario shop serves no longer: policy 3 does; look at the present state and decide again",
  );
  expect(sent).toEqual(["http://loop/api/v1/policies?scenario=shop&limit=1"]);
});
