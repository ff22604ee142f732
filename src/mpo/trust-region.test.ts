import fc from "fast-check";
import { expect, test } from "vitest";
import { meanMoveDivergence, meanTrustRegion } from "./trust-region.ts";

const distribution = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
  .map((values) => {
    const total = values.reduce((sum, value) => sum + value, 0);
    return Float64Array.from(values, (value) => value / total);
  });
const moves = fc.array(fc.record({ served: distribution, target: distribution }), {
  minLength: 1,
  maxLength: 8,
});

test("the mean divergence is within the bound, and no further below it than it must", () => {
  fc.assert(
    fc.property(moves, fc.double({ min: 1e-3, max: 1, noNaN: true }), (states, bound) => {
      const share = meanTrustRegion(states, bound);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      expect(meanMoveDivergence(states, share)).toBeLessThanOrEqual(bound);
      const further = Math.min(1, share + 2 ** -13);
      expect(share === 1 || meanMoveDivergence(states, further) > bound).toBe(true);
    }),
  );
});

test("the divergence is KL(t ‖ π), by hand", () => {
  const served = Float64Array.of(0.5, 0.5);
  const move = { served, target: Float64Array.of(1, 0) };
  expect(meanMoveDivergence([move], 1)).toBeCloseTo(Math.LN2, 14);
  expect(meanMoveDivergence([move, { served, target: served }], 1)).toBeCloseTo(Math.LN2 / 2, 14);
});

test("policies that stay where they are may, and nothing moves nothing", () => {
  const served = Float64Array.of(0.5, 0.5);
  expect(meanTrustRegion([{ served, target: served }], 0.1)).toBe(1);
  expect(meanTrustRegion([], 0.1)).toBe(1);
});
