import { describe, expect, test } from "vitest";
import { logGamma, logLowerGamma } from "./gamma.ts";

describe("logGamma", () => {
  test("it is the logarithm of a factorial at whole numbers", () => {
    for (let n = 1, logFactorial = 0; n <= 170; logFactorial += Math.log(n), n++) {
      expect(Math.abs(logGamma(n) - logFactorial)).toBeLessThan(1e-13 * Math.max(1, logFactorial));
    }
  });

  test("Γ(½) = √π, and the reflection below ½ keeps Γ(x + 1) = x·Γ(x)", () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
    expect(logGamma(1.01) - logGamma(0.01)).toBeCloseTo(Math.log(0.01), 13);
  });

  test("what is not above 0 is refused", () => {
    for (const x of [0, -1, Number.NaN]) expect(() => logGamma(x)).toThrow(RangeError);
  });
});

describe("logLowerGamma", () => {
  test("γ(1, x) = 1 − e^−x on both sides of the seam between series and fraction", () => {
    for (const x of [1e-9, 0.5, 1.99, 2.01, 30]) {
      expect(logLowerGamma(1, x)).toBeCloseTo(Math.log(-Math.expm1(-x)), 14);
    }
  });

  test("γ(a + 1, x) = a·γ(a, x) − x^a·e^−x for large a", () => {
    for (const x of [1400, 1500, 1503, 1600]) {
      const scale = logLowerGamma(1500, x);
      const left = Math.exp(logLowerGamma(1501, x) - scale);
      const right = 1500 - Math.exp(1500 * Math.log(x) - x - scale);
      expect(Math.abs(left - right)).toBeLessThan(1e-8);
    }
  });

  test("numbers without a value are refused", () => {
    for (const [a, x] of [
      [0, 1],
      [1, 0],
      [Number.NaN, 1],
      [1, Number.POSITIVE_INFINITY],
    ]) {
      expect(() => logLowerGamma(a!, x!)).toThrow(RangeError);
    }
  });
});
