import { describe, expect, test } from "vitest";
import { fingerprint, noEncoders } from "../../../../tests/support/policy.ts";
import { clicksOf } from "../../../../tests/support/sample.ts";
import type { Verdict } from "../../../domain/cycle-outcome.ts";
import { itemId } from "../../../domain/ids.ts";
import type { Assignment } from "../../../domain/policy-snapshot.ts";
import { createRandom } from "../../../numeric/random.ts";
import type { Network } from "../../../policy/network.ts";
import { decodeNetwork, initialNetwork } from "../../../policy/network-policy.ts";
import { decodeTensors } from "../../../policy/snapshot.ts";
import { publish } from "./publish.ts";

const candidate = initialNetwork(createRandom(1));
const feedback = {
  rows: [],
  earned: {},
  kept: 0,
  users: 1,
  decisions: 7,
  newDecisions: 7,
  throughSequence: 9,
  itemRewards: () => new Map([[itemId("a"), clicksOf(10, 5)]]),
  outdated: 0,
  behaviour: { users: new Map(), items: 0 },
};

/** A gain of 0.03 on 0.2, known to ±0.02. */
const measured = { difference: 0.03, standardError: 0.01, relativeLift: 0.15 } as const;
const expected = { difference: 0.02, interval: [0, 0.04], relativeLift: 0.1 } as const;

interface Options {
  readonly holdbackShare?: number;
  readonly anchorShare?: number;
  readonly onlyLive?: string;
  readonly beaten?: string;
  readonly collapsed?: string;
  readonly start?: Network;
}

const trial = { since: 5000, deadline: 9000 };

function publishWith(
  verdict: Verdict,
  assignment: Assignment,
  { holdbackShare = 0.05, anchorShare = 0, start, ...standing }: Options = {},
) {
  const change = publish({
    scenario: "shop",
    replaces: begunWith,
    gate: { verdict, reason: "because", rows: 100, guards: [], ...measured, expected },
    reviewed: { assignment, statuses: [{ version: 99, status: "retired" }], ...standing },
    canaryShare: 0.3,
    trial,
    holdbackShare,
    anchorShare,
    candidate,
    start,
    feedback,
    exploration: 0.2,
    now: 5000,
  });
  return { ...change, after: change.assign!(start ? [11, 12, 13] : [11, 12]) };
}

const begunWith = { serving: 7, canaryShare: 0 };
const alone = { serving: 1, baseline: 2, canaryShare: 0, retriever: 9 };
const withCanary = { ...alone, canary: 3, canaryShare: 0.3 };
const withHoldback = { ...alone, holdback: 4, holdbackShare: 0.2 };
const held = { holdback: 1, holdbackShare: 0.05 };

test("the change stands only where the assignment that the cycle began with does", () => {
  expect(publishWith("hold", alone).after.replaces).toBe(begunWith);
});

test("popularity serves in the place of a policy that knows nothing, and has no parent", () => {
  const start = initialNetwork(createRandom(2));
  const { add, after, statuses } = publishWith("hold", alone, { start });
  expect(add!.map(({ kind, status, parent }) => [kind, status, parent])).toEqual([
    ["network", "held", 1],
    ["popularity", "serving", undefined],
    ["network", "serving", undefined],
  ]);
  expect(add![2]!.evidence.reason).toBe(
    "Popularity serves until a trained policy is proven better.",
  );
  expect(after.assignment).toEqual({
    ...alone,
    serving: 13,
    retriever: 13,
    baseline: 12,
    exploration: 0.2,
  });
  expect(statuses).toContainEqual({ version: 1, status: "retired" });
});

test("after a collapse chance serves, and draws its candidates by lot", () => {
  const start = initialNetwork(createRandom(2));
  const assignment = { ...withCanary, ...held };
  const { add, after, statuses } = publishWith("hold", assignment, { start, collapsed: "tastes" });
  const { retriever: _, ...byLot } = alone;
  expect(after.assignment).toEqual({ ...byLot, serving: 13, baseline: 12, exploration: 0.2 });
  expect(add![2]!.evidence.reason).toMatch(/^The loop starts again: every candidate/);
  expect(statuses).toContainEqual({ version: 1, status: "rolled-back" });
  expect(statuses).toContainEqual({ version: 3, status: "undecided" });
});

test("a policy that the baseline beats is rolled back, with what is compared with it", () => {
  const start = initialNetwork(createRandom(2));
  const assignment = { ...withCanary, ...held };
  const { after, statuses } = publishWith("hold", assignment, { start, beaten: "worse" });
  expect(after.assignment).toEqual({
    serving: 13,
    retriever: 13,
    canaryShare: 0,
    baseline: 12,
    exploration: 0.2,
  });
  expect(statuses).toEqual(
    expect.arrayContaining([
      { version: 1, status: "rolled-back" },
      { version: 3, status: "undecided" },
    ]),
  );
});

test("the candidate is added under the serving policy with its evidence, then the new baseline", async () => {
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
  expect(fingerprint(await decodeNetwork(first!.bytes, noEncoders))).toBe(fingerprint(candidate));
  expect(second!.evidence).toEqual({ decisions: 7 });
  expect(decodeTensors(second!.bytes).meta.itemIds).toEqual(["a"]);
});

describe("who answers afterwards:", () => {
  const cases: readonly (readonly [Verdict, Assignment, object, object])[] = [
    ["promote", alone, { serving: 11, canaryShare: 0, ...held }, { 1: "holdback" }],
    [
      "promote",
      withCanary,
      { serving: 11, canaryShare: 0, ...held },
      { 1: "holdback", 3: "undecided" },
    ],
    [
      "promote",
      withHoldback,
      { serving: 11, canaryShare: 0, ...held },
      { 1: "holdback", 4: "retired" },
    ],
    ["hold", withHoldback, { serving: 1, canaryShare: 0, holdback: 4, holdbackShare: 0.2 }, {}],
    ["canary", alone, { serving: 1, canary: 11, canaryShare: 0.3 }, {}],
    ["canary", withCanary, { serving: 1, canary: 3, canaryShare: 0.3 }, {}],
    ["hold", withCanary, { serving: 1, canary: 3, canaryShare: 0.3 }, {}],
    ["not-enough-data", alone, { serving: 1, canaryShare: 0 }, {}],
  ];

  test.each(cases)("%s of %o", (verdict, assignment, expected, changed) => {
    const { after, statuses } = publishWith(verdict, assignment);
    expect(after).toMatchObject({ scenario: "shop" });
    expect(after.assignment).toEqual({ ...expected, baseline: 12, exploration: 0.2, retriever: 9 });
    const told = Object.fromEntries(statuses!.map(({ version, status }) => [version, status]));
    expect(told).toEqual({ ...changed, 2: "retired", 99: "retired" });
  });

  const asks = { ...alone, mode: "ask" } as const;
  const canaryAsks = { ...withCanary, mode: "ask", waiting: 3 } as const;
  const restrained: readonly (readonly [Verdict, Assignment, object, object])[] = [
    ["promote", asks, { ...asks, waiting: 11 }, {}],
    ["promote", { ...asks, waiting: 8 }, { ...asks, waiting: 11 }, { 8: "retired" }],
    ["canary", { ...asks, waiting: 8 }, { ...asks, waiting: 8, canary: 11, canaryShare: 0.3 }, {}],
    ["promote", canaryAsks, canaryAsks, {}],
    ["canary", canaryAsks, canaryAsks, {}],
    ["promote", { ...withCanary, mode: "paused" }, { ...withCanary, mode: "paused" }, {}],
    ["canary", { ...alone, mode: "paused" }, { ...alone, mode: "paused" }, {}],
    ["promote", { ...alone, mode: "pinned" }, { ...alone, mode: "pinned" }, {}],
    ["canary", { ...alone, mode: "pinned" }, { ...alone, mode: "pinned" }, {}],
    // Left from a time when promotions asked first.
    [
      "promote",
      { ...alone, waiting: 8 },
      { serving: 11, canaryShare: 0, retriever: 9, ...held },
      { 1: "holdback", 8: "retired" },
    ],
  ];

  test.each(restrained)(
    "%s of %o, as the operator has it",
    (verdict, assignment, expected, changed) => {
      const { after, statuses } = publishWith(verdict, assignment);
      expect(after.assignment).toEqual({ ...expected, baseline: 12, exploration: 0.2 });
      const told = Object.fromEntries(statuses!.map(({ version, status }) => [version, status]));
      expect(told).toEqual({ ...changed, 2: "retired", 99: "retired" });
    },
  );

  test("a candidate that waits keeps what the gate promised of it, and is no promotion yet", () => {
    const [waiting] = publishWith("promote", asks).add!;
    expect(waiting).toMatchObject({
      status: "waiting",
      evidence: {
        verdict: "promote",
        reason: "Waits for approval; the gate said: because",
        proposed: { reason: "because", holdbackShare: 0.05, predicted: expected },
      },
    });
    expect(waiting!.evidence).not.toHaveProperty("promotion");
  });

  test("a candidate that passed the gate is a canary first where only live rewards may promote", () => {
    const onlyLive = "policy 9 was rolled back";
    const { add, after } = publishWith("promote", alone, { onlyLive });
    expect(after.assignment).toMatchObject({ serving: 1, canary: 11, canaryShare: 0.3 });
    expect(add![0]).toMatchObject({
      status: "canary",
      evidence: {
        verdict: "promote",
        reason: "A canary first, because policy 9 was rolled back; the gate said: because",
        trial,
      },
    });
    expect(publishWith("promote", withCanary, { onlyLive }).add![0]!.status).toBe("held");
  });

  test("a canary under test keeps its place, and the next one says so", () => {
    const [next] = publishWith("canary", withCanary).add!;
    expect(next!.status).toBe("held");
    expect(next!.evidence.reason).toBe(
      "Held, because canary 3 is not decided yet; the gate said: because",
    );
  });

  test.each([
    ["promotions are paused", { ...alone, mode: "paused" }],
    ["promotions are pinned", { ...alone, mode: "pinned" }],
    ["canary 3 waits for approval", canaryAsks],
  ] as const)("a candidate that passed is held, because %s", (why, assignment) => {
    const [candidateOf] = publishWith("promote", assignment).add!;
    expect(candidateOf!.status).toBe("held");
    const { verdict, reason, ...rest } = candidateOf!.evidence;
    expect([verdict, reason]).toEqual(["promote", `Held, because ${why}; the gate said: because`]);
    expect(rest).toEqual({});
  });

  test("nobody keeps what was replaced where the share is 0", () => {
    const { after, statuses } = publishWith("promote", withHoldback, { holdbackShare: 0 });
    expect(after.assignment).toEqual({
      serving: 11,
      canaryShare: 0,
      baseline: 12,
      exploration: 0.2,
      retriever: 9,
    });
    expect(statuses).toContainEqual({ version: 1, status: "retired" });
    expect(statuses).toContainEqual({ version: 4, status: "retired" });
  });

  test("a promotion keeps what the gate promised of it", () => {
    const { add } = publishWith("promote", alone);
    expect(add![0]!.evidence.promotion).toEqual({
      replaced: 1,
      promotedAt: 5000,
      holdbackShare: 0.05,
      predicted: expected,
    });
    expect(publishWith("canary", alone).add![0]!.evidence).not.toHaveProperty("promotion");
  });

  test("a canary keeps what its gate found, for its reviews to add to, and its deadline", () => {
    const looks = { looks: 1, difference: 0.03, standardError: 0.01, sharedError: 0 };
    expect(publishWith("canary", alone).add![0]!.evidence).toMatchObject({ looks, trial });
    expect(publishWith("promote", alone).add![0]!.evidence).not.toHaveProperty("looks");
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

describe("the anchor", () => {
  const day = 86_400_000;
  const anchored = { anchor: 5, anchorShare: 0.01, anchorSince: 4000 };
  const anchorOf = (assignment: Assignment, anchorShare = 0.01) => {
    const { after } = publishWith("promote", assignment, { anchorShare });
    const { anchor, anchorShare: share, anchorSince } = after.assignment;
    return { anchor, anchorShare: share, anchorSince };
  };

  test("is the policy that served, and stays while others are promoted", () => {
    expect(anchorOf(alone)).toEqual({ anchor: 1, anchorShare: 0.01, anchorSince: 5000 });
    expect(anchorOf({ ...alone, ...anchored })).toEqual(anchored);
    expect(anchorOf({ ...alone, ...anchored }, 0.02)).toEqual({ ...anchored, anchorShare: 0.02 });
  });

  test("gives way to the serving one after 90 days, but not to one that is still compared", () => {
    const old = { ...anchored, anchorSince: 5000 - 90 * day };
    expect(anchorOf({ ...alone, ...old }).anchor).toBe(1);
    expect(anchorOf({ ...withHoldback, ...old }).anchor).toBe(5);
    expect(anchorOf({ ...alone, ...old, anchorSince: 5001 - 90 * day }).anchor).toBe(5);
    expect(anchorOf(withHoldback).anchor).toBeUndefined();
  });

  test("is none where its share is 0, or a policy is pinned", () => {
    expect(anchorOf({ ...alone, ...anchored }, 0)).toEqual({});
    expect(anchorOf({ ...alone, ...anchored, mode: "pinned" })).toEqual({});
  });
});
