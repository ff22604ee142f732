import { expect, test } from "vitest";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { differenceBySegment, policyDifference, segmentOf } from "./policy-difference.ts";

const logs = (...probabilities: readonly number[]) => Float64Array.from(probabilities, Math.log);

test("its mean is KL(π_θ ‖ π_φ) by hand", () => {
  const { mean } = policyDifference([
    { logPolicy: logs(0.5, 0.5), logChallenger: logs(0.25, 0.75) },
  ]);
  expect(mean).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 14);
});

test("over several states it is the mean of their divergences", () => {
  const pairs = [
    { logPolicy: logs(0.2, 0.3, 0.5), logChallenger: logs(0.1, 0.1, 0.8) },
    { logPolicy: logs(0.9, 0.1), logChallenger: logs(0.5, 0.5) },
  ];
  const divergences = pairs.map((one) => klDivergence(one.logPolicy, one.logChallenger));
  expect(policyDifference(pairs).mean).toBeCloseTo((divergences[0]! + divergences[1]!) / 2, 14);
});

test("its quantiles count each choice with its probability", () => {
  // Δ = ln 2 with probability 0.08, 0 with 0.8, ln ½ with 0.12.
  const { p05, p50, p95, max } = policyDifference([
    { logPolicy: logs(0.08, 0.8, 0.12), logChallenger: logs(0.04, 0.8, 0.24) },
  ]);
  expect(p05).toBeCloseTo(-Math.LN2, 14);
  expect(p50).toBeCloseTo(0, 14);
  expect(p95).toBeCloseTo(Math.LN2, 14);
  expect(max).toBeCloseTo(Math.LN2, 14);
});

test("its histogram has all mass of π_θ in buckets from the least to the largest", () => {
  const { histogram } = policyDifference([
    { logPolicy: logs(0.08, 0.8, 0.12), logChallenger: logs(0.04, 0.8, 0.24) },
  ]);
  const { min, max, limits, masses } = histogram!;
  expect([min, max, limits.at(-1)]).toEqual(
    [-Math.LN2, Math.LN2, max].map((x) => expect.closeTo(x, 14)),
  );
  expect(masses).toHaveLength(20);
  expect(masses[0]).toBeCloseTo(0.12, 14);
  expect(masses[10]).toBeCloseTo(0.8, 14);
  expect(masses[19]).toBeCloseTo(0.08, 14);
  expect(limits[9]).toBeCloseTo(0, 14);
});

test("equal policies do not differ, and neither does anything without states", () => {
  const none = { mean: 0, p05: 0, p50: 0, p95: 0, max: 0 };
  const same = logs(0.3, 0.7);
  expect(policyDifference([{ logPolicy: same, logChallenger: same }])).toEqual(none);
  expect(policyDifference([])).toEqual(none);
});

test("each segment of users has its own, so that one which moves doesn't hide among those that stay", () => {
  const user = (events: number) => ({ state: { history: new Array(events).fill(0) } });
  const stays = { logPolicy: logs(0.3, 0.7), logChallenger: logs(0.3, 0.7) };
  const moves = { logPolicy: logs(0.5, 0.5), logChallenger: logs(0.1, 0.9) };
  const found = differenceBySegment([
    { ...user(12), ...stays },
    { ...user(0), ...moves },
    { ...user(30), ...stays },
  ]);
  expect(found.map(({ segment, states }) => [segment, states])).toEqual([
    ["no events", 1],
    ["many events", 2],
  ]);
  expect(found[0]!.mean).toBeCloseTo(klDivergence(moves.logPolicy, moves.logChallenger), 14);
  expect(found[1]!.mean).toBe(0);
  expect([0, 1, 9, 10].map(segmentOf)).toEqual([
    "no events",
    "few events",
    "few events",
    "many events",
  ]);
});
