import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { liveInterval } from "./live-interval.ts";

describe("the interval of a live difference", () => {
  test("is that of a confidence sequence that is tightest at an error of 5 % of the mean", () => {
    const errorsWide = (standardError: number) => {
      const [lower, upper] = liveInterval({ value: 0.1, standardError, worth: 0.4 });
      return (upper - lower) / 2 / standardError;
    };
    // ρ² = (7.824 + ln 8.824)/n*, so n·ρ² = 10.002 at n*: √((1 + 1/10.002)·(ln 11.002 + 7.824)).
    expect(errorsWide(0.02)).toBeCloseTo(3.353, 3);
    expect(errorsWide(0.04)).toBeGreaterThan(errorsWide(0.02));
    expect(errorsWide(0.002)).toBeGreaterThan(errorsWide(0.02));
  });

  test("is finite if rewards hardly vary, or add nothing to the mean", () => {
    const [steady, none] = [
      { value: 0.1, standardError: 1e-17, worth: 0.4 },
      { value: 0.1, standardError: 0.02, worth: 0 },
    ].map(liveInterval);
    expect(steady![1] - steady![0]).toBeLessThan(1e-15);
    expect(none![0]).toBeLessThan(-1);
    expect(none!.every(Number.isFinite)).toBe(true);
  });

  test("is narrowest in errors at the planned last look, and needs no plan to hold", () => {
    const errorsWide = (share: number, plannedError?: number) => {
      const standardError = share * 0.4;
      const [lower, upper] = liveInterval({ value: 0, standardError, worth: 0.4, plannedError });
      expect(upper).toBe(-lower);
      return upper / standardError;
    };
    // Φ⁻¹(0.9975)·√1.1: a tenth more information than planned is left.
    expect(errorsWide(0.02, 0.02)).toBeCloseTo(2.80703 * Math.sqrt(1.1), 4);
    expect(errorsWide(0.02, 0.02)).toBeLessThan(errorsWide(0.02) - 0.4);
    // Long before and after the plan the sequence alone decides, at half of the level.
    for (const share of [0.1, 0.018]) {
      expect(errorsWide(share, 0.02)).toBeGreaterThan(errorsWide(share));
      expect(errorsWide(share, 0.02)).toBeLessThan(1.08 * errorsWide(share));
    }
  });
});

/** Shares of Brownian motions that are found better, looked at a hundred times, the last time at an error of 2 %. */
function watch(
  lift: number,
  plannedError: number,
  times: number,
): { better: number; last: number } {
  const random = createRandom(417);
  const looks = 100;
  const found = { better: 0, last: 0 };
  const step = 1 / (looks * 0.02 ** 2);
  for (let time = 0; time < times; time++) {
    let score = 0;
    for (let look = 1; look <= looks; look++) {
      score += lift * step + Math.sqrt(step) * random.normal();
      const value = score / (look * step);
      const standardError = 1 / Math.sqrt(look * step);
      if (liveInterval({ value, standardError, worth: 1, plannedError })[0] <= 0) continue;
      found.better += 1 / times;
      if (look === looks) found.last += 1 / times;
      break;
    }
  }
  return found;
}

describe("over a hundred looks with a planned last one", () => {
  const times = 10_000;

  test.each([0.01, 0.02, 0.04])(
    "if the last is planned at an error of %s, a difference of 0 is found better in at most 1 %%",
    (plannedError) => {
      const atMost = 0.01 + 3 * Math.sqrt((0.01 * 0.99) / times);
      expect(watch(0, plannedError, times).better).toBeLessThanOrEqual(atMost);
    },
  );

  test("one of 4.24 errors, a canary of 10 % with its own larger variance, is found in at least 85 %", () => {
    const { better, last } = watch(4.24 * 0.02, 0.02, times);
    expect(better).toBeGreaterThan(0.85);
    expect(last).toBeLessThan(0.1);
  });
});
