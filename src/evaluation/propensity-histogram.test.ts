import { expect, test } from "vitest";
import { propensityHistogram } from "./propensity-histogram.ts";

test("a propensity falls into the bin that ends at or above it, and empty bins in between are shown", () => {
  expect(propensityHistogram(Float64Array.of(0.05, 0.06, 0.011, 0.4, 0.02))).toEqual([
    { low: 0.01, high: 0.02, rows: 2 },
    { low: 0.02, high: 0.05, rows: 1 },
    { low: 0.05, high: 0.1, rows: 1 },
    { low: 0.1, high: 0.2, rows: 0 },
    { low: 0.2, high: 0.5, rows: 1 },
  ]);
});

test("the smallest and the largest, with float32 rounding, have a bin", () => {
  const bins = propensityHistogram(Float64Array.of(1e-9, 1 + 1e-7));
  expect(bins).toHaveLength(15);
  expect(bins[0]).toEqual({ low: 0, high: 1e-6, rows: 1 });
  expect(bins.at(-1)).toEqual({ low: 0.5, high: 1, rows: 1 });
});

test("without rows there are no bins", () => {
  expect(propensityHistogram(new Float64Array())).toEqual([]);
});
