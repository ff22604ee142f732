import type { EstimatorParameter } from "./estimator-form.ts";

/** c: weights above it count as c. */
export const weightClipParameter: EstimatorParameter = {
  name: "weightClip",
  symbol: "c",
  low: 0,
  high: Number.POSITIVE_INFINITY,
  expected: "≥ 0",
  remedy: "Infinity leaves the weights as they are",
  neutral: Number.POSITIVE_INFINITY,
  grid: [Number.POSITIVE_INFINITY, 500, 200, 100, 50, 20, 10, 5, 2, 1],
};
