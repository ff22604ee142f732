import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";
import { subGaussianShrinkage, weighSubGaussian } from "./sub-gaussian.ts";

/**
 * V̂ = (1/n) Σ w_i/(1 − λ + λ·w_i)·r_i, λ in [0, 1]: the harmonic mean of w and 1, weighted by λ, so weights stay below 1/λ and
 * the error has sub-Gaussian tails. Metelli, Russo & Restelli 2021, equation 4 with s = −1.
 * For w = 0 and λ = 1 OBP divides 0 by 0; here the weight is 0, its limit.
 */
export const subGaussianInversePropensity: Estimator = createEstimator({
  name: "sg-ips",
  title: "Sub-Gaussian inverse propensity",
  formula: "w/(1 − λ + λw)·r",
  paper: "Metelli, Russo & Restelli 2021",
  weights: "importance",
  modelled: false,
  selfNormalised: false,
  parameter: subGaussianShrinkage,
  weigh: weighSubGaussian,
});
