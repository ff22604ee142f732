import { describe, expect, test } from "vitest";
import { trialDays, trialError } from "./live-traffic.ts";

describe("the days of a canary", () => {
  /** Rewards of 0 and 1 at a rate of 0.3. */
  const traffic = { mean: 0.3, variance: 0.21, visitsPerDay: 10_000 };
  const share = 0.1;

  test("are 2.5 times those of a test of two samples", () => {
    // 2.5 · 7.84 · 0.7/(0.3 · 0.1² · 0.09) visits.
    const expected = (2.5 * 7.84 * 0.7) / (0.3 * 0.01 * 0.09) / 10_000;
    expect(trialDays(traffic, { share, predicted: 0.1 })).toBeCloseTo(expected, 9);
    expect(trialDays(traffic, { share, predicted: 2 })).toBeCloseTo(expected, 9);
    const busy = { ...traffic, visitsPerDay: 50_000 };
    expect(trialDays(busy, { share, predicted: 0.07 })).toBeCloseTo(expected / 5 / 0.49, 9);
    expect(trialDays(busy, { share })).toBeCloseTo(expected / 5 / 0.25, 9);
  });

  test.each([
    ["a day at a busy site", { ...traffic, visitsPerDay: 1e7 }, 1],
    ["four weeks at a small one", { ...traffic, visitsPerDay: 100 }, 28],
    ["four weeks without rewards", { ...traffic, mean: 0, variance: 0 }, 28],
    [
      "four weeks without traffic",
      { mean: Number.NaN, variance: Number.NaN, visitsPerDay: Number.NaN },
      28,
    ],
  ])("are at least one and at most 28: %s", (_, site, days) => {
    expect(trialDays(site, { share, predicted: 0.1 })).toBe(days);
  });

  test("without users for the canary are four weeks", () => {
    expect(trialDays(traffic, { share: 0 })).toBe(28);
  });
});

describe("the planned error at the deadline", () => {
  const traffic = { mean: -0.3, variance: 0.21, visitsPerDay: 10_000 };

  test("is that after which a lift is found, and larger if the deadline comes before", () => {
    const share = 0.1;
    const found = 0.1 / Math.sqrt(2.5 * 7.84);
    expect(trialError(traffic, { share, predicted: 0.1 })).toBeCloseTo(found, 12);
    const small = { ...traffic, visitsPerDay: 100 };
    // √(0.21/(2,800 · 0.09)) of 0.3.
    expect(trialError(small, { share, predicted: 0.1 })).toBeCloseTo(0.0962, 4);
  });

  test.each([
    ["without rewards", { mean: 0, variance: 0, visitsPerDay: 10 }, 0.1],
    ["without traffic", { mean: Number.NaN, variance: Number.NaN, visitsPerDay: Number.NaN }, 0.1],
    ["without users for the canary", traffic, 0],
  ])("is none %s", (_, site, share) => {
    expect(trialError(site, { share })).toBeUndefined();
  });
});
