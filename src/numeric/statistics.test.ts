import { describe, expect, test } from "vitest";
import { readGolden } from "../../tests/golden/read-golden.ts";
import { meanOf, normalCdf, normalQuantile } from "./statistics.ts";

// Python 3.13, mpmath 1.3.0, mp.dps = 40: float(mp.ncdf(x)).
const distribution: readonly (readonly [x: number, probability: number])[] = [
  [-37, 5.725571222524577e-300],
  [-30, 4.906713927148187e-198],
  [-10, 7.619853024160525e-24],
  [-5, 2.866515718791939e-7],
  [-3, 0.0013498980316300946],
  [-2.5, 0.006209665325776135],
  [-2.25, 0.012224472655044703],
  [-1, 0.15865525393145705],
  [-0.125, 0.4502617751698871],
  [0, 0.5],
  [0.5, 0.6914624612740131],
  [1.96, 0.9750021048517795],
  [3, 0.9986501019683699],
  [6, 0.9999999990134123],
];

// The same, by mp.findroot on log Φ: the three rational functions of AS 241 and both of their seams.
const quantiles: readonly (readonly [probability: number, x: number])[] = [
  [1e-300, -37.0470962993612],
  [1e-100, -21.273453560965326],
  [1e-20, -9.262340089798407],
  [1e-12, -7.034483825301132],
  [0.01, -2.326347874040841],
  [0.07, -1.4757910281791706],
  [0.074, -1.4466320671589785],
  [0.075, -1.439531470938456],
  [0.076, -1.4325027208258116],
  [0.2, -0.8416212335729142],
  [0.4, -0.2533471031357997],
  [0.925, 1.4395314709384561],
  [0.999999, 4.753424308817087],
];

const { normalQuantiles } = readGolden<{ normalQuantiles: [number, number][] }>("intervals.json");

describe("the normal distribution", () => {
  test.each(distribution)("Φ(%f) has a relative error below 1e-12", (x, probability) => {
    expect(Math.abs(normalCdf(x) / probability - 1)).toBeLessThan(1e-12);
  });

  test.each([...quantiles, ...normalQuantiles])("Φ⁻¹(%f) agrees to 1e-14", (probability, x) => {
    expect(Math.abs(normalQuantile(probability) - x)).toBeLessThanOrEqual(1e-14 * Math.abs(x));
  });

  test("the quantile undoes the distribution function over 30 orders of magnitude", () => {
    for (let exponent = 1; exponent <= 30; exponent++) {
      const probability = 10 ** -exponent;
      expect(Math.abs(normalCdf(normalQuantile(probability)) / probability - 1)).toBeLessThan(
        1e-12,
      );
    }
  });

  test("ends and nonsense: Φ(±∞) is 0 and 1, NaN and probabilities outside (0, 1) are refused", () => {
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(() => normalCdf(Number.NaN)).toThrow(RangeError);
    for (const probability of [0, 1, -0.1, 1.1, Number.NaN]) {
      expect(() => normalQuantile(probability)).toThrow(RangeError);
    }
  });
});

test("the mean of some values", () => {
  expect(meanOf(Float64Array.of(1, 2, 6))).toBe(3);
});
