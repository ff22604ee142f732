import { clipWeights } from "../estimate.ts";
import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";
import { weightClipParameter } from "./parameters.ts";

/**
 * V̂ = Σ min(v_i, c)·r_i / Σ min(v_i, c) with weights v that were learned to balance the log
 * against the target. An example is the odds of a classifier that separates the two. Wrong
 * propensities do no harm. Sondhi, Arbour & Dimmery 2020; Arbour, Dimmery & Sondhi 2021.
 */
export const balancedInversePropensity: Estimator = createEstimator({
  name: "b-ips",
  title: "Balanced inverse propensity",
  formula: "min(v, c)·r / mean min(v, c)",
  paper: "Sondhi, Arbour & Dimmery 2020; Arbour, Dimmery & Sondhi 2021",
  weights: "balancing",
  modelled: false,
  selfNormalised: true,
  parameter: weightClipParameter,
  weigh: clipWeights,
});
