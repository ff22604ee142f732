import { expect, test } from "vitest";
import {
  addCurves,
  epsilonOf,
  leastNoiseFor,
  nothingSpent,
  orders,
  renyiOf,
  repeatCurve,
} from "./accountant.ts";

/**
 * dp_accounting 0.6.0 (Google) at the same orders: RdpAccountant(orders).compose(
 * PoissonSampledDpEvent(q, GaussianDpEvent(σ)), steps).get_epsilon(δ). Fractional orders give up to 2 % less.
 */
const published = [
  { samplingRate: 256 / 60_000, noise: 1.1, steps: 14_062, delta: 1e-5, epsilon: 2.59698 },
  { samplingRate: 256 / 60_000, noise: 1.3, steps: 3515, delta: 1e-5, epsilon: 0.95443 },
  { samplingRate: 64 / 943, noise: 2, steps: 1000, delta: 1e-4, epsilon: 5.04122 },
  { samplingRate: 64 / 943, noise: 1, steps: 1000, delta: 1e-4, epsilon: 15.70753 },
  { samplingRate: 512 / 22_363, noise: 1, steps: 2000, delta: 1e-5, epsilon: 7.18543 },
];

test.each(published)("ε of q $samplingRate, σ $noise, $steps steps is $epsilon", (one) => {
  const { delta, epsilon, ...mechanism } = one;
  expect(epsilonOf(renyiOf(mechanism), delta)).toBeCloseTo(epsilon, 4);
});

test("without sampling the curve is α/2σ² a step", () => {
  const curve = renyiOf({ samplingRate: 1, noise: 2, steps: 3 });
  for (const [index, order] of orders.entries())
    expect(curve[index]).toBeCloseTo((3 * order) / 8, 12);
});

test("a sampled step costs less than a whole one, and nearly as much at a rate near 1", () => {
  const costOf = (samplingRate: number) =>
    epsilonOf(renyiOf({ samplingRate, noise: 1.5, steps: 10 }), 1e-5);
  expect(costOf(0.1)).toBeLessThan(costOf(0.5));
  expect(costOf(0.5)).toBeLessThan(costOf(1));
  expect(costOf(1 - 1e-9)).toBeCloseTo(costOf(1), 6);
});

test("curves add up as their steps do", () => {
  const of = (steps: number) => renyiOf({ samplingRate: 0.05, noise: 1.1, steps });
  const sum = addCurves(of(100), addCurves(of(20), nothingSpent));
  for (const [index, value] of of(120).entries()) expect(sum[index]).toBeCloseTo(value, 10);
  for (const [index, value] of repeatCurve(of(10), 12).entries())
    expect(value).toBeCloseTo(sum[index]!, 10);
  expect(epsilonOf(nothingSpent, 1e-6)).toBe(0);
});

test("the found noise is within the budget, and hardly less is beyond it", () => {
  for (const epsilon of [0.5, 1, 3, 8]) {
    const curveAt = (noise: number) => renyiOf({ samplingRate: 0.05, noise, steps: 200 });
    const spend = (noise: number) => epsilonOf(curveAt(noise), 1e-6);
    const noise = leastNoiseFor(curveAt, { epsilon, delta: 1e-6 });
    expect(spend(noise)).toBeLessThanOrEqual(epsilon);
    expect(spend(noise * (1 - 1e-9))).toBeGreaterThan(epsilon);
  }
});

test("parameters out of range are refused by name", () => {
  const mechanism = { samplingRate: 0.1, noise: 1, steps: 1 };
  expect(() => renyiOf({ ...mechanism, samplingRate: 0 })).toThrow("samplingRate");
  expect(() => renyiOf({ ...mechanism, samplingRate: Number.NaN })).toThrow("samplingRate");
  expect(() => renyiOf({ ...mechanism, noise: 0 })).toThrow("noise");
  expect(() => renyiOf({ ...mechanism, steps: 1.5 })).toThrow("steps");
  expect(() => epsilonOf(nothingSpent, 0)).toThrow("delta");
  const curveAt = (noise: number) => renyiOf({ samplingRate: 1, noise, steps: 1 });
  expect(() => leastNoiseFor(curveAt, { epsilon: 0, delta: 1e-6 })).toThrow("no noise");
});
