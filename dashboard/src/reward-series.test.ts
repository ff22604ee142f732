import { expect, test } from "vitest";
import type { CycleBody } from "../../src/contract/cycles.ts";
import type { InterventionBody } from "../../src/contract/interventions.ts";
import type { RewardPointBody } from "../../src/contract/reward-series.ts";
import { sampleGate } from "../../tests/support/record.ts";
import { alignSeries, bucketSecondsFor, markersOf } from "./reward-series.ts";

const start = Date.parse("2026-11-25T00:00:00Z") / 1000;

function point(bucket: number, arm: RewardPointBody["arm"], decisions: number, meanReward: number) {
  return { from: new Date((start + bucket * 60) * 1000).toISOString(), arm, decisions, meanReward };
}

function align(points: readonly RewardPointBody[]) {
  return alignSeries({ scenario: "items", bucketSeconds: 60, points });
}

test("buckets without decisions become holes in an unbroken time axis", () => {
  const { times, arms } = align([point(0, "serving", 10, 0.5), point(3, "serving", 10, 0.7)]);
  expect(times).toEqual([start, start + 60, start + 120, start + 180]);
  expect(arms.serving.raw).toEqual([0.5, null, null, 0.7]);
  expect(arms.serving.decisions).toEqual([10, 0, 0, 10]);
  expect(arms.canary.raw).toEqual([null, null, null, null]);
});

test("the smooth line weighs five buckets by decisions, twenty for the baseline, and ends when all are empty", () => {
  const { arms } = align([
    point(0, "serving", 30, 1),
    point(1, "serving", 10, 0),
    point(0, "baseline", 5, 0.2),
    point(20, "baseline", 5, 0.4),
  ]);
  expect(arms.serving.smooth.slice(0, 7)).toEqual([1, 0.75, 0.75, 0.75, 0.75, 0, null]);
  expect(arms.baseline.smooth.slice(18)).toEqual([0.2, 0.2, 0.4]);
});

test("a series without points is empty", () => {
  expect(align([])).toMatchObject({ times: [], arms: { serving: { raw: [], smooth: [] } } });
});

const reviewed = (action: "promote" | "roll-back", version: number) => ({
  review: { kind: "canary" as const, action, version, gate: sampleGate() },
  gate: sampleGate(),
});

const byHand = (kind: InterventionBody["kind"], minute: number, version?: number) => ({
  intervention: minute,
  scenario: "items",
  kind,
  madeAt: new Date((start + minute * 60) * 1000).toISOString(),
  ...(version !== undefined && { version }),
});

test("promotions, roll-backs and what is done by hand become markers, oldest first", () => {
  const cycle = (outcome: CycleBody["outcome"], minute: number, versions: Partial<CycleBody>) => ({
    cycle: minute,
    scenario: "items",
    outcome,
    reason: "",
    startedAt: new Date(start * 1000).toISOString(),
    finishedAt: new Date((start + minute * 60) * 1000).toISOString(),
    record: {},
    ...versions,
  });
  expect(
    markersOf(
      [
        cycle("roll-back", 7, { policyVersion: 9, record: reviewed("roll-back", 5) }),
        cycle("promote", 6, { candidateVersion: 11, record: reviewed("promote", 9) }),
        cycle("roll-back", 5, { policyVersion: 3 }),
        cycle("hold", 4, { policyVersion: 5, candidateVersion: 6 }),
        cycle("promote", 3, { policyVersion: 3, candidateVersion: 5 }),
        cycle("initial", 1, { policyVersion: 3 }),
        cycle("promote", 0, {}),
        cycle("waiting", 0, { candidateVersion: 12 }),
      ],
      [byHand("pause", 8), byHand("roll-back", 4, 3)],
    ).map(({ time, label, isByHand }) => [(time - start) / 60, label, isByHand]),
  ).toEqual([
    [1, "v3", false],
    [3, "v5", false],
    [4, "↩ v3", true],
    [5, "↩ v3", false],
    [6, "v9", false],
    [7, "↩ v5", false],
    [8, "pause", true],
  ]);
});

test("a span is cut into at most ninety buckets of a round length", () => {
  expect([60, 450, 451, 5400, 5401, 86_400, 604_800, 3.2e7].map(bucketSecondsFor)).toEqual([
    5, 5, 10, 60, 120, 1800, 7200, 604_800,
  ]);
});
