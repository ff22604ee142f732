import { clipWeights } from "../estimate.ts";
import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";
import { weightClipParameter } from "./parameters.ts";

/**
 * V̂ = (1/n) Σ [μ(x_i) + min(w_i, c)·(r_i − q̂(x_i, a_i))], μ(x) = Σ_a π(a|x)·q̂(x, a). Unbiased
 * without a clip if the propensities or the model are right; the model fills in the clipped part.
 * Dudík, Langford & Li 2011; clip: Su et al. 2020 ("pessimistic shrinkage").
 */
export const doublyRobust: Estimator = createEstimator({
  name: "dr",
  title: "Doubly robust",
  formula: "μ + min(w, c)·(r − q̂)",
  paper: "Dudík, Langford & Li 2011; clip: Su et al. 2020",
  weights: "importance",
  modelled: true,
  selfNormalised: false,
  parameter: weightClipParameter,
  weigh: clipWeights,
});
