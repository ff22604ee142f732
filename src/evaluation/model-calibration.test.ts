import { expect, test } from "vitest";
import { calibrateModel } from "./model-calibration.ts";

test("bins of equal size by rising prediction, with the gap between prediction and reward", () => {
  const rewards = Float64Array.of(1, 0, 1, 1, 0, 1);
  const predictions = Float64Array.of(0.9, 0.1, 0.8, 0.2, 0.3, 0.7);
  const { bins, calibrationError, meanResidual } = calibrateModel(
    { rewards, predictions },
    { bins: 2 },
  );
  expect(bins.map(({ rows }) => rows)).toEqual([3, 3]);
  expect(bins[0]?.prediction).toBeCloseTo(0.2, 15);
  expect(bins[0]?.reward).toBeCloseTo(1 / 3, 15);
  // Residuals −0.1, 0.8, −0.3 around 2/15.
  const spread = [-0.1, 0.8, -0.3]
    .map((one) => (one - 2 / 15) ** 2)
    .reduce((sum, one) => sum + one);
  expect(bins[0]?.standardError).toBeCloseTo(Math.sqrt(spread / 2 / 3), 14);
  expect(bins[1]?.prediction).toBeCloseTo(0.8, 15);
  expect(calibrationError).toBeCloseTo((2 / 15 + 0.2) / 2, 14);
  expect(meanResidual).toBeCloseTo((2 / 15 + 0.2) / 2, 14);
});

test("gaps of opposite sign add up in the error and cancel in the mean", () => {
  const rewards = Float64Array.of(0, 1);
  const predictions = Float64Array.of(0.25, 0.75);
  const { calibrationError, meanResidual, bins } = calibrateModel({ rewards, predictions });
  expect([calibrationError, meanResidual]).toEqual([0.25, 0]);
  expect(bins[0]?.standardError).toBe(Number.POSITIVE_INFINITY);
});

test("a model that is right has no error", () => {
  const rewards = Float64Array.of(0.5, 0.25, 1);
  expect(calibrateModel({ rewards, predictions: rewards }).calibrationError).toBe(0);
});

test.each([0, -1, 2.5, Number.NaN])("%d bins are refused", (bins) => {
  const rewards = Float64Array.of(0.5, 0.25, 1);
  expect(() => calibrateModel({ rewards, predictions: rewards }, { bins })).toThrow(
    `bins must be an integer from 1, got ${bins}; 10 are usual`,
  );
});
