import { clipWeights } from "../estimate.ts";
import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";
import { weightClipParameter } from "./parameters.ts";

/**
 * V̂ = (1/n) Σ min(w_i, c)·r_i, w = π/p. Unbiased without a clip if p > 0 wherever π > 0; a clip
 * lowers the variance and, for r ≥ 0, the expectation. Horvitz & Thompson 1952; Strehl et al. 2010;
 * clip: Ionides 2008.
 */
export const inversePropensity: Estimator = createEstimator({
  name: "ips",
  title: "Inverse propensity",
  formula: "min(w, c)·r",
  paper: "Horvitz & Thompson 1952; Strehl et al. 2010; clip: Ionides 2008",
  weights: "importance",
  modelled: false,
  selfNormalised: false,
  parameter: weightClipParameter,
  weigh: clipWeights,
});
