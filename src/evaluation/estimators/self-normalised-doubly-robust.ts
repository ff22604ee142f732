import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = (1/n) Σ μ(x_i) + Σ w_i·(r_i − q̂(x_i, a_i)) / Σ w_i. Thomas & Brunskill 2016 ("weighted doubly robust", horizon 1).
 * OBP has the same value, but takes the denominator for fixed in its intervals; here its noise counts (delta method).
 */
export const selfNormalisedDoublyRobust: Estimator = createEstimator({
  name: "sndr",
  title: "Self-normalised doubly robust",
  formula: "μ + w·(r − q̂) / mean w",
  paper: "Thomas & Brunskill 2016",
  weights: "importance",
  modelled: true,
  selfNormalised: true,
  weigh: (weights) => weights.slice(),
});
