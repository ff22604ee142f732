import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = (1/n) Σ_i Σ_a π(a|x_i)·q̂(x_i, a): the reward model's prediction. Its standard error is that
 * of the contexts alone; the model's own error is in neither. Beygelzimer & Langford 2009.
 */
export const directMethod: Estimator = createEstimator({
  name: "dm",
  title: "Direct method",
  formula: "μ",
  paper: "Beygelzimer & Langford 2009",
  weights: "none",
  modelled: true,
  selfNormalised: false,
  weigh: (weights) => new Float64Array(weights.length),
});
