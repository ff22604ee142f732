import { describe, expect, test } from "vitest";
import { fingerprint } from "../../../tests/support/policy.ts";
import type { Verdict } from "../../domain/cycle.ts";
import { itemId } from "../../domain/ids.ts";
import type { Assignment } from "../../domain/policy-snapshot.ts";
import { createRandom } from "../../numeric/random.ts";
import { initialNetwork, toNetwork } from "../../policy/network-policy.ts";
import { decodeTensors } from "../../policy/snapshot.ts";
import { publish } from "./publish.ts";

const candidate = initialNetwork(createRandom(1));
const feedback = {
  rows: [],
  users: 1,
  decisions: 7,
  newDecisions: 7,
  throughSequence: 9,
  itemRewards: new Map([[itemId("a"), { impressions: 10, rewardSum: 5 }]]),
};

function publishWith(verdict: Verdict, assignment: Assignment) {
  const change = publish({
    scenario: "shop",
    verdict,
    reason: "because",
    reviewed: { assignment, statuses: [{ version: 99, status: "retired" }] },
    canaryShare: 0.3,
    candidate,
    feedback,
    exploration: 0.2,
    now: 5000,
  });
  return { ...change, after: change.assign!([11, 12]) };
}

const alone = { serving: 1, baseline: 2, canaryShare: 0 };
const withCanary = { serving: 1, baseline: 2, canary: 3, canaryShare: 0.3 };

test("the candidate is added under the serving policy with its evidence, then the new baseline", () => {
  const { add } = publishWith("hold", alone);
  expect(add!.map(({ kind, status, parent }) => [kind, status, parent])).toEqual([
    ["network", "held", 1],
    ["popularity", "serving", undefined],
  ]);
  const [first, second] = add!;
  expect(first).toMatchObject({
    scenario: "shop",
    createdAt: 5000,
    evidence: { verdict: "hold", reason: "because" },
  });
  expect(fingerprint(toNetwork(decodeTensors(first!.bytes)))).toBe(fingerprint(candidate));
  expect(second!.evidence).toEqual({ decisions: 7 });
  expect(decodeTensors(second!.bytes).meta.itemIds).toEqual(["a"]);
});

describe("who answers afterwards:", () => {
  const cases: readonly (readonly [Verdict, Assignment, object, object])[] = [
    ["promote", alone, { serving: 11, canaryShare: 0 }, { 1: "retired" }],
    ["promote", withCanary, { serving: 11, canaryShare: 0 }, { 1: "retired", 3: "retired" }],
    ["canary", alone, { serving: 1, canary: 11, canaryShare: 0.3 }, {}],
    ["canary", withCanary, { serving: 1, canary: 11, canaryShare: 0.3 }, { 3: "retired" }],
    ["hold", withCanary, { serving: 1, canary: 3, canaryShare: 0.3 }, {}],
    ["not-enough-data", alone, { serving: 1, canaryShare: 0 }, {}],
  ];

  test.each(cases)("%s of %o", (verdict, assignment, expected, changed) => {
    const { after, statuses } = publishWith(verdict, assignment);
    expect(after).toMatchObject({ scenario: "shop" });
    expect(after.assignment).toEqual({ ...expected, baseline: 12, exploration: 0.2 });
    const told = Object.fromEntries(statuses!.map(({ version, status }) => [version, status]));
    expect(told).toEqual({ ...changed, 2: "retired", 99: "retired" });
  });

  test("a candidate's status is what its verdict says", () => {
    const statusOf = (verdict: Verdict) => publishWith(verdict, alone).add![0]!.status;
    expect(statusOf("promote")).toBe("serving");
    expect(statusOf("canary")).toBe("canary");
    expect(statusOf("hold")).toBe("held");
    expect(statusOf("not-enough-data")).toBe("held");
  });

  test("without a serving policy or a baseline before there is no parent and nobody to retire", () => {
    const { add, statuses } = publishWith("promote", { canaryShare: 0 });
    expect(add![0]).not.toHaveProperty("parent");
    expect(statuses).toEqual([{ version: 99, status: "retired" }]);
  });
});
