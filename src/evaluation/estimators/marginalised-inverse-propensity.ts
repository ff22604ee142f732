import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = (1/n) Σ w(x_i, e_i)·r_i, w(x, e) = p(e|x, π)/p(e|x, π₀) over categories e of the actions
 * (see `marginalWeights`). Unbiased if the action has no effect beyond its category; needs support
 * for categories only, and its variance falls with the number of actions in one. Saito & Joachims
 * 2022.
 */
export const marginalisedInversePropensity: Estimator = createEstimator({
  name: "mips",
  title: "Marginalised inverse propensity",
  formula: "w(x, e)·r",
  paper: "Saito & Joachims 2022",
  weights: "marginal",
  modelled: false,
  selfNormalised: false,
  weigh: (weights) => weights.slice(),
});
