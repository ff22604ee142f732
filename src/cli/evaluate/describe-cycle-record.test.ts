import { expect, test } from "vitest";
import { sampleFeedback } from "../../../tests/support/record.ts";
import type { Cycle } from "../../domain/cycle.ts";
import type { GateRecord } from "../../domain/gate-record.ts";
import type { AnchorReview, CanaryReview, PromotionReview } from "../../domain/policy-evidence.ts";
import { describeCycleRecord } from "./describe-cycle-record.ts";

const form = {
  difference: 0.0312,
  standardError: 0.0104,
  sharedError: 0,
  interval: [0.0141, 0.0483],
  probabilityPositive: 0.9986,
  servingValue: 0.2,
} as const;
const gate: GateRecord = {
  verdict: "promote",
  reason: "better",
  rows: 1234,
  clusters: 150,
  effectiveSampleShare: 0.35,
  guards: [
    { name: "effective sample share", value: 0.35, limit: 0.15, passed: true },
    { name: "dependence on the items above", value: 3.42, limit: 3, passed: false },
    {
      name: "change of buy",
      value: -0.02,
      limit: -0.01,
      passed: false,
      metric: {
        margin: 0.01,
        outcomes: 900,
        isDecided: false,
        standardError: 0.05,
        smallestMargin: 0.12,
      },
    },
  ],
  statistic: "censored",
  difference: form.difference,
  standardError: form.standardError,
  interval: form.interval,
  probabilityPositive: form.probabilityPositive,
  predictedDifference: 0.04,
  minimalDetectableDifference: 0.0259,
  doublyRobust: { ...form, difference: 0.05 },
  censored: form,
};
const cycle: Cycle = {
  cycle: 12,
  scenario: "items",
  outcome: "promote",
  reason: "Promoted: better by 0.0312 a row.",
  policyVersion: 7,
  candidateVersion: 8,
  startedAt: Date.UTC(2026, 2, 1, 12),
  finishedAt: Date.UTC(2026, 2, 1, 12, 0, 21),
  throughSequence: 9,
  record: { seed: 5, feedback: sampleFeedback({ newDecisions: 2900, judged: 1234 }), gate },
};

test("a cycle's gate is shown with every number that it decided on", () => {
  const lines = describeCycleRecord(cycle).split("\n");
  expect(lines.slice(0, 8)).toEqual([
    "cycle      12 of items: promote",
    "time       2026-03-01T12:00:00.000Z to 2026-03-01T12:00:21.000Z",
    "snapshots  serving 7, candidate 8",
    "seed       5",
    "reason     Promoted: better by 0.0312 a row.",
    "feedback   rows 20,000, candidates 600,000, decisions 10,000, kept 10,000, new decisions 2,900, users 150, judged 1,234",
    "gate rows  1,234 rows of 150 users, effective sample size 432 (35 %)",
    "predicted  0.04; smallest detectable 0.0259",
  ]);
  const rows = lines.slice(8).map((line) => line.replace(/[│ ]+/g, " ").trim());
  expect(rows).toContain("censored 0.0312 0.0104 0.0141 to 0.0483 0.999 yes");
  expect(rows).toContain("doubly robust 0.05 0.0104 0.0141 to 0.0483 0.999");
  expect(rows).toContain("effective sample share 0.35 0.15 passed");
  expect(rows).toContain("dependence on the items above 3.42 3 failed");
  expect(rows).toContain(
    "change of buy -0.02 -0.01 not enough data: margin 1 %, s.e. 5 %, decides 12 %",
  );
});

test("the lift to be expected stands beside the judged difference", () => {
  const expected = { relativeLift: 0.05, relativeInterval: [-0.02, 0.12] } as const;
  const shown = { ...cycle, record: { gate: { ...gate, expected } } };
  expect(describeCycleRecord(shown).split("\n")).toContain(
    "expected   lift +5 % (−2 % to +12 %), corrected for selection by size",
  );
});

test("the difference without the user who adds most to it stands below both forms", () => {
  const withoutOneUser = { difference: 0.0298, standardError: 0.0105, sharedError: 0 };
  const told = describeCycleRecord({ ...cycle, record: { gate: { ...gate, withoutOneUser } } });
  const rows = told.split("\n").map((line) => line.replace(/[│ ]+/g, " ").trim());
  expect(rows).toContain("without one user 0.0298 0.0105");
});

test("of slates the dependence on the items above is shown", () => {
  const dependence = { rows: 5400, z: -3.42, pValue: 0.00125 };
  const slates = { ...cycle, record: { gate: { ...gate, dependence } } };
  expect(describeCycleRecord(slates).split("\n")).toContain(
    "items above z -3.42, p 0.00125, 5,400 rows below others",
  );
});

test("the self-check tells how many rows it left out", () => {
  const selfCheck = { rows: 1240, leftOut: 6, largestLogRatio: 0.4055 };
  const checked = { ...cycle, record: { gate: { ...gate, selfCheck } } };
  expect(describeCycleRecord(checked).split("\n")).toContain(
    "self-check 1,240 rows, 6 left out, largest |log(π₀/p)| 0.406",
  );
});

test("policies whose rows judged are told with what their rows count", () => {
  const strata = [
    { policyVersion: 8, rows: 4700, weight: 1 },
    { policyVersion: 5, rows: 610, weight: 0.62 },
  ];
  const told = describeCycleRecord({ ...cycle, record: { gate: { ...gate, strata } } });
  expect(told.split("\n")).toContain(
    "judged by policy 8 4,700 rows of weight 1, policy 5 610 rows of weight 0.62",
  );
});

test("the live test of the last promotion stands before the gate", () => {
  const promotion: PromotionReview = {
    version: 7,
    replaced: 5,
    since: Date.UTC(2026, 1, 27),
    looks: 3,
    action: "roll-back",
    reason: "worse",
    serving: { users: 1900, rows: 9000, meanReward: 0.18 },
    holdback: { users: 100, rows: 480, meanReward: 0.2 },
    difference: -0.02,
    standardError: 0.005,
    interval: [-0.0371, -0.0029],
    relativeLift: -0.1,
    relativeInterval: [-0.1855, -0.0145],
  };
  const lines = describeCycleRecord({ ...cycle, record: { promotion, gate } }).split("\n");
  expect(lines).toContain("live       since 2026-02-27T00:00:00.000Z, look 3: roll-back");
  expect(lines).toContain(
    "live lift  difference -0.02 ± 0.005, 99 % bounds -0.0371 to -0.0029; lift −10 % (−18.6 % to −1.45 %)",
  );
  const rows = lines.map((line) => line.replace(/[│ ]+/g, " ").trim());
  expect(rows).toContain("serving 7 1,900 9,000 0.18");
  expect(rows).toContain("holdback 5 100 480 0.2");
  const { interval: _, ...early } = promotion;
  const text = describeCycleRecord({ ...cycle, record: { promotion: early, gate } });
  expect(text).toContain("live lift  too few to tell");
});

test("the live tests of the canary and against the anchor stand beside it", () => {
  const lift = { difference: 0.02, standardError: 0.005, relativeLift: 0.1 };
  const interval: readonly [number, number] = [0.0029, 0.0371];
  const arms = { serving: { users: 1900, rows: 9000, meanReward: 0.2 } };
  const tried = { users: 190, rows: 900, meanReward: 0.22 };
  const since = Date.UTC(2026, 1, 27);
  const canary: CanaryReview = {
    ...lift,
    ...arms,
    interval,
    since,
    canary: tried,
    version: 9,
    deadline: Date.UTC(2026, 2, 9),
    action: "promote",
    reason: "better",
  };
  const anchor: AnchorReview = { ...lift, ...arms, since, anchor: tried, version: 2 };
  const lines = describeCycleRecord({ ...cycle, record: { canary, anchor, gate } }).split("\n");
  expect(lines).toContain(
    "canary     since 2026-02-27T00:00:00.000Z, until 2026-03-09T00:00:00.000Z: promote",
  );
  expect(lines).toContain("anchor     since 2026-02-27T00:00:00.000Z");
  const rows = lines.map((line) => line.replace(/[│ ]+/g, " ").trim());
  expect(rows).toContain("canary 9 190 900 0.22");
  expect(rows).toContain("anchor 2 190 900 0.22");
  expect(rows.filter((row) => row === "serving – 1,900 9,000 0.2")).toHaveLength(2);
});

test("a gate that looked at nothing says so", () => {
  const held: GateRecord = { verdict: "hold", reason: "too far", rows: 40, guards: [] };
  const text = describeCycleRecord({ ...cycle, record: { gate: held } });
  expect(text).toContain("gate rows  40 rows of – users, effective sample size –");
  expect(text).toContain("seed       not recorded");
  expect(text.endsWith("No guard was reached.")).toBe(true);
});

test("a cycle that failed never reached its gate", () => {
  const { policyVersion: _, candidateVersion: __, ...failed } = cycle;
  const text = describeCycleRecord({ ...failed, outcome: "failed", record: {} });
  expect(text).toContain("snapshots  no serving policy");
  expect(text.endsWith("The gate was not reached.")).toBe(true);
});

test("a damaged record is reported with its field", () => {
  const text = describeCycleRecord({ ...cycle, record: { damage: "gate.rows: expected number" } });
  expect(text.endsWith("record     damaged: gate.rows: expected number")).toBe(true);
});
