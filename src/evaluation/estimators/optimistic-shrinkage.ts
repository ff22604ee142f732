import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = (1/n) Σ [μ(x_i) + λ·w_i/(w_i² + λ)·(r_i − q̂(x_i, a_i))], λ in [0, ∞]: DM at 0, DR at ∞. The weights minimise a bound on the error over
 * models that may be any. Su, Dimakopoulou, Krishnamurthy & Dudík 2020, section 3.2 ("DRos"). For w = 0 and λ = 0 OBP divides 0 by 0; here
 * the weight is 0, its limit.
 */
export const optimisticShrinkage: Estimator = createEstimator({
  name: "dros",
  title: "Doubly robust with optimistic shrinkage",
  formula: "μ + λw/(w² + λ)·(r − q̂)",
  paper: "Su, Dimakopoulou, Krishnamurthy & Dudík 2020",
  weights: "importance",
  modelled: true,
  selfNormalised: false,
  parameter: {
    name: "shrinkage",
    symbol: "λ",
    low: 0,
    high: Number.POSITIVE_INFINITY,
    expected: "≥ 0",
    remedy: "0 is the direct method, Infinity doubly robust",
    neutral: Number.POSITIVE_INFINITY,
    grid: [Number.POSITIVE_INFINITY, 1e5, 1e4, 1000, 100, 10, 1],
  },
  weigh: (weights, shrinkage) => {
    const shrunk = weights.slice();
    if (shrinkage === Number.POSITIVE_INFINITY) return shrunk;
    for (let row = 0; row < shrunk.length; row++) {
      const weight = shrunk[row]!;
      if (weight > 0) shrunk[row] = (shrinkage * weight) / (weight * weight + shrinkage);
    }
    return shrunk;
  },
});
