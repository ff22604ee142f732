import { expect, test } from "vitest";
import type { PoliciesResponse, PolicyBody } from "../../src/contract/policies.ts";
import { askOf, describeDone, describeMaker, kindsFor, markerLabel } from "./operating.ts";

const policy = (version: number, changes: Partial<PolicyBody> = {}): PolicyBody => ({
  version,
  scenario: "shop",
  kind: "network",
  status: "held",
  createdAt: "2026-03-01T12:00:00.000Z",
  checksum: "",
  sizeBytes: 1,
  evidence: {},
  ...changes,
});
const response: PoliciesResponse = {
  scenario: "shop",
  serving: 5,
  canaryShare: 0,
  mode: "ask",
  waiting: 9,
  policies: [policy(9), policy(8, { kind: "popularity" }), policy(5, { parent: 3 }), policy(3)],
};

test("a mode may be changed to every other one, and a version may be pinned in each", () => {
  expect(kindsFor("automatic")).toEqual(["ask", "pause", "pin"]);
  expect(kindsFor("ask")).toEqual(["resume", "pause", "pin"]);
  expect(kindsFor("paused")).toEqual(["resume", "ask", "pin"]);
  expect(kindsFor("pinned")).toEqual(["resume", "ask", "pause", "pin"]);
});

test("a question names the versions that it is about", () => {
  expect(askOf("roll-back", response)).toMatchObject({
    title: "Roll back to policy 3?",
    text: expect.stringMatching(/Policy 3 answers in scenario shop .* Policy 5 is kept/),
    versions: [],
  });
  expect(askOf("approve", response)).toMatchObject({
    title: "Let policy 9 serve?",
    text: expect.stringContaining("takes the place of policy 5"),
    versions: [9],
  });
  expect(askOf("reject", response).versions).toEqual([9]);
  expect(askOf("pause", response).versions).toEqual([]);
});

test("networks may be pinned, the serving one first", () => {
  expect(askOf("pin", response).versions).toEqual([5, 9, 3]);
  const { serving: _, ...idle } = response;
  expect(askOf("pin", idle).versions).toEqual([9, 5, 3]);
});

test("what was done is told in the table and in the chart", () => {
  const done = { intervention: 1, scenario: "shop", madeAt: "" } as const;
  const rolled = { ...done, kind: "roll-back", version: 3, replaced: 5 } as const;
  expect(describeDone(rolled)).toBe("rolled back to policy 3 in place of 5");
  expect(markerLabel(rolled)).toBe("↩ v3");
  expect(describeDone({ ...done, kind: "pin", version: 5 })).toBe("pinned policy 5");
  expect(describeDone({ ...done, kind: "pause" })).toBe("paused promotions");
  expect(markerLabel({ ...done, kind: "pause" })).toBe("pause");
});

test.each([
  [{ by: "ada", key: "ops" }, "by ada with the key ops"],
  [{ key: "ops" }, "with the key ops"],
  [{ by: "ada" }, "by ada"],
  [{}, ""],
])("an intervention of %j is told as made %s", (intervention, told) => {
  expect(describeMaker(intervention)).toBe(told);
});
