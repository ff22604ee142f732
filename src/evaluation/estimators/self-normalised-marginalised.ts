import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = Σ w(x_i, e_i)·r_i / Σ w(x_i, e_i): MIPS (Saito & Joachims 2022) as a weighted mean (Swaminathan & Joachims 2015).
 */
export const selfNormalisedMarginalised: Estimator = createEstimator({
  name: "snmips",
  title: "Self-normalised marginalised inverse propensity",
  formula: "w(x, e)·r / mean w(x, e)",
  paper: "Saito & Joachims 2022; Swaminathan & Joachims 2015",
  weights: "marginal",
  modelled: false,
  selfNormalised: true,
  weigh: (weights) => weights.slice(),
});
