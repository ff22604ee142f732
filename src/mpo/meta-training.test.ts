import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import type { MetaPrior } from "./meta-posterior.ts";
import { fitPrior, type MetaExample } from "./meta-training.ts";

const seed = 79;
const truth: MetaPrior = { mean: [0.4, -0.2, 0], variance: [0.09, 0.01, 0.04], misfit: 0.01 };
const start: MetaPrior = { mean: [0, 0, 0], variance: [1, 1, 1], misfit: 1 };

function drawWorlds(count: number, examples: number): MetaExample[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const weights = truth.mean.map(
      (mean, index) => mean + Math.sqrt(truth.variance[index]!) * random.normal(),
    );
    return Array.from({ length: examples }, () => {
      const features = Float64Array.of(1, random.normal(), random.normal());
      const worth = weights.reduce((sum, weight, index) => sum + weight * features[index]!, 0);
      return { features, difference: worth + Math.sqrt(truth.misfit) * random.normal() };
    });
  });
}

test("the family's mean, spread and misfit are found again, within 4 standard errors", () => {
  const [count, examples] = [300, 30];
  const { mean, variance, misfit } = fitPrior(drawWorlds(count, examples), start);
  for (const [index, expected] of truth.mean.entries()) {
    // A world's weight is known up to about misfit / examples.
    const spread = truth.variance[index]! + truth.misfit / examples;
    expect(Math.abs(mean[index]! - expected)).toBeLessThan(4 * Math.sqrt(spread / count));
    const error = 4 * spread * Math.sqrt(2 / count);
    expect(Math.abs(variance[index]! - truth.variance[index]!)).toBeLessThan(error);
  }
  const degrees = count * (examples - 3);
  const error = 4 * truth.misfit * Math.sqrt(2 / degrees);
  expect(Math.abs(misfit - truth.misfit)).toBeLessThan(error);
});

test("worlds that are all alike leave positive variances, and so do worlds of nothing", () => {
  const features = Float64Array.of(1, 0, 0);
  const alike = Array.from({ length: 5 }, () => [{ features, difference: 0.5 }]);
  const fitted = fitPrior(alike, start);
  expect(fitted.mean[0]).toBeCloseTo(0.5, 1);
  const still = fitPrior([[{ features, difference: 0 }]], start);
  for (const { variance, misfit } of [fitted, still])
    expect([...variance, misfit].every((value) => Number.isFinite(value) && value > 0)).toBe(true);
});
