import type { EstimatorParameter } from "./estimator-form.ts";

export const subGaussianShrinkage: EstimatorParameter = {
  name: "shrinkage",
  symbol: "λ",
  low: 0,
  high: 1,
  expected: "in [0, 1]",
  remedy: "0 leaves the weights as they are, 1 makes them all 1",
  neutral: 0,
  grid: [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
};

/** w/(1 − λ + λ·w), 0 at w = 0. */
export function weighSubGaussian(weights: Float64Array, shrinkage: number): Float64Array {
  const shrunk = weights.slice();
  for (let row = 0; row < shrunk.length; row++) {
    const weight = shrunk[row]!;
    if (weight > 0) shrunk[row] = weight / (1 - shrinkage + shrinkage * weight);
  }
  return shrunk;
}
