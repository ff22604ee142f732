import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = Σ w_i·r_i / Σ w_i: a weighted mean, so within the range of the rewards. Bias O(1/n). Swaminathan & Joachims 2015.
 * OBP has the same value, but takes the denominator for fixed in its intervals; here its noise counts (delta method).
 */
export const selfNormalised: Estimator = createEstimator({
  name: "snips",
  title: "Self-normalised inverse propensity",
  formula: "w·r / mean w",
  paper: "Swaminathan & Joachims 2015",
  weights: "importance",
  modelled: false,
  selfNormalised: true,
  weigh: (weights) => weights.slice(),
});
