import { expect, test } from "vitest";
import { priorValues, shrinkMean, varianceWithin } from "./shrunk-means.ts";

const values = (...all: readonly number[]) => ({
  count: all.length,
  sum: all.reduce((sum, one) => sum + one, 0),
  squares: all.reduce((sum, one) => sum + one ** 2, 0),
});

test("the variance within items is that about each item's own mean, by hand", () => {
  // 2·1² and 2·2² over four values of two items.
  expect(varianceWithin([values(0, 2), values(10, 14)])).toBeCloseTo(5, 12);
  expect(varianceWithin([values(3), values(7)])).toBe(0);
});

test("a prior weighs as many values as make chance as large as the items' differences, at least 10 and at most 1,000", () => {
  const expected = 0;
  const items = [
    { ...values(0.9, 1.1), expected },
    { ...values(-0.9, -1.1), expected },
  ];
  expect(priorValues(items, 0.02)).toBe(10);
  // Between items 2·1² + 2·1², less one variance, over 4 − 8/4.
  expect(priorValues(items, 3)).toBe(10);
  expect(priorValues(items, 3.9)).toBeCloseTo(3.9 / ((4 - 3.9) / 2), 9);
  expect(priorValues(items, 4)).toBe(1000);
  expect(priorValues([], 1)).toBe(1000);
});

test("a mean goes as far to the expected one as the prior weighs", () => {
  expect(shrinkMean({ ...values(1, 1), expected: 0 }, 2)).toBe(0.5);
});
