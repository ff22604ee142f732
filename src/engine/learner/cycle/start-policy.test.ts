import { expect, test } from "vitest";
import { sampleGate } from "../../../../tests/support/record.ts";
import type { Verdict } from "../../../domain/cycle-outcome.ts";
import { itemId } from "../../../domain/ids.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import { createRandom } from "../../../numeric/random.ts";
import { createNetwork } from "../../../policy/network.ts";
import { initialNetwork, policyShape } from "../../../policy/network-policy.ts";
import { closesCanaries, startPolicy } from "./start-policy.ts";

const random = createRandom(58);
const untrained = initialNetwork(random);
const trained = createNetwork(policyShape, random);
const itemRewards = new Map([
  [itemId("good"), { impressions: 100, rewardSum: 20 }],
  [itemId("bad"), { impressions: 100, rewardSum: 2 }],
]);
const alone: Assignment = { serving: 1, canaryShare: 0 };

const startWith = (verdict: Verdict, assignment: Partial<Assignment> = {}, serving = untrained) =>
  startPolicy(serving, {
    gate: sampleGate({ verdict }),
    standing: { assignment: { ...alone, ...assignment }, ...closesCanaries(serving) },
    feedback: { itemRewards },
    scenario: { slateSize: 1 },
    random,
  });

test("popularity follows a policy that knows nothing, unless a candidate takes over", () => {
  const start = startWith("hold")!;
  const biasOf = (item: string) => start.parameters.itemBias![start.itemIds.indexOf(itemId(item))]!;
  expect(biasOf("good")).toBeGreaterThan(biasOf("bad"));
  expect(startWith("not-enough-data")).toBeDefined();
  expect(startWith("promote")).toBeUndefined();
  expect(startWith("hold", {}, trained)).toBeUndefined();
});

test("a candidate that would be a canary beside the uniform choice is held, one beside popularity is tested", () => {
  expect(startWith("canary")).toBeDefined();
  const popularity = startWith("hold")!;
  expect(closesCanaries(popularity)).toEqual({});
  expect(startWith("canary", {}, popularity)).toBeUndefined();
});

test.each<[string, Partial<Assignment>]>([
  ["a canary is compared with it", { canary: 3, canaryShare: 0.1 }],
  ["a policy waits to take its place", { waiting: 3, mode: "ask" }],
  ["promotions are paused", { mode: "paused" }],
  ["it is pinned", { mode: "pinned" }],
])("the serving policy stays while %s", (_, assignment) => {
  expect(startWith("hold", assignment)).toBeUndefined();
});
