import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";
import { subGaussianShrinkage, weighSubGaussian } from "./sub-gaussian.ts";

/**
 * V̂ = (1/n) Σ [μ(x_i) + w_i/(1 − λ + λ·w_i)·(r_i − q̂(x_i, a_i))], λ in [0, 1]. Metelli, Russo & Restelli 2021, equation 4 with s = −1, on the
 * residuals of a model. For w = 0 and λ = 1 OBP divides 0 by 0; here the weight is 0, its limit.
 */
export const subGaussianDoublyRobust: Estimator = createEstimator({
  name: "sg-dr",
  title: "Sub-Gaussian doubly robust",
  formula: "μ + w/(1 − λ + λw)·(r − q̂)",
  paper: "Metelli, Russo & Restelli 2021",
  weights: "importance",
  modelled: true,
  selfNormalised: false,
  parameter: subGaussianShrinkage,
  weigh: weighSubGaussian,
});
