import { describe, expect, test } from "vitest";
import { betaQuantile, incompleteBeta, studentQuantile } from "./beta.ts";

describe("incompleteBeta", () => {
  test("whole parameters give the tail of a binomial", () => {
    // P(X ≥ 3) of 10 trials at 0.2: 1 − Σ_{k<3} C(10, k)·0.2^k·0.8^(10−k).
    const tail = 1 - (0.8 ** 10 + 10 * 0.2 * 0.8 ** 9 + 45 * 0.2 ** 2 * 0.8 ** 8);
    expect(incompleteBeta(0.2, 3, 8)).toBeCloseTo(tail, 14);
    expect(incompleteBeta(0.8, 8, 3)).toBeCloseTo(1 - tail, 14);
  });

  test("the ends are 0 and 1; other numbers are refused", () => {
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    for (const [x, a, b] of [
      [-0.1, 1, 1],
      [Number.NaN, 1, 1],
      [0.5, 0, 1],
      [0.5, 1, Number.NaN],
    ]) {
      expect(() => incompleteBeta(x!, a!, b!)).toThrow(RangeError);
    }
  });
});

describe("quantiles", () => {
  test("the beta quantile undoes the distribution, far into the tail", () => {
    for (const p of [1e-12, 0.025, 0.5, 0.999]) {
      const x = betaQuantile(p, 0.7, 12.5);
      expect(incompleteBeta(x, 0.7, 12.5) / p).toBeCloseTo(1, 10);
    }
  });

  test("Student's quantile has its closed form for one and two degrees of freedom, and is odd", () => {
    for (const p of [0.6, 0.975, 0.9995]) {
      expect(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5))).toBeCloseTo(1, 9);
      const two = (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)));
      expect(studentQuantile(p, 2) / two).toBeCloseTo(1, 9);
      expect(studentQuantile(1 - p, 2) / two).toBeCloseTo(-1, 9);
    }
    expect(studentQuantile(0.5, 7)).toBe(0);
  });

  test("probabilities outside (0, 1) are refused", () => {
    for (const p of [0, 1, -1, Number.NaN]) {
      expect(() => betaQuantile(p, 1, 1)).toThrow(RangeError);
      expect(() => studentQuantile(p, 3)).toThrow(RangeError);
    }
  });
});
