import { expect, test } from "vitest";
import { klDivergence } from "./challengers.ts";
import { policyDifference } from "./policy-difference.ts";

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

test("equal policies do not differ, and neither does anything without states", () => {
  const none = { mean: 0, p05: 0, p50: 0, p95: 0, max: 0 };
  const same = logs(0.3, 0.7);
  expect(policyDifference([{ logPolicy: same, logChallenger: same }])).toEqual(none);
  expect(policyDifference([])).toEqual(none);
});
