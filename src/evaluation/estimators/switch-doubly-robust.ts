import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";
import { weightClipParameter } from "./parameters.ts";

/**
 * V̂ = (1/n) Σ [μ(x_i) + w_i·[w_i ≤ τ]·(r_i − q̂(x_i, a_i))]: rows whose weight is above τ are left to the model. Wang, Agarwal & Dudík 2017,
 * equation 8. A weight equal to τ counts, as in the paper and in OBP's code (not as in OBP's documentation).
 */
export const switchDoublyRobust: Estimator = createEstimator({
  name: "switch-dr",
  title: "Switch doubly robust",
  formula: "μ + w·[w ≤ τ]·(r − q̂)",
  paper: "Wang, Agarwal & Dudík 2017",
  weights: "importance",
  modelled: true,
  selfNormalised: false,
  parameter: { ...weightClipParameter, name: "threshold", symbol: "τ" },
  weigh: (weights, threshold) => {
    const kept = weights.slice();
    for (let row = 0; row < kept.length; row++) if (kept[row]! > threshold) kept[row] = 0;
    return kept;
  },
});
