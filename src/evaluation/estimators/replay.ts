import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = Σ_{i: π(a_i|x_i) = 1} r_i / #{i: π(a_i|x_i) = 1}: the mean reward of the rows where a
 * deterministic target agrees with the log. Unbiased if the logging policy is uniform; otherwise
 * contexts in which it often agrees count more. Li et al. 2011. OBP's form is the same, but 0 if no
 * row agrees; here there is no estimate then.
 */
export const replay: Estimator = createEstimator({
  name: "replay",
  title: "Replay",
  formula: "Σ r·[π = 1] / Σ [π = 1]",
  paper: "Li, Chu, Langford & Wang 2011",
  weights: "matches",
  modelled: false,
  selfNormalised: true,
  // Float32 networks give a certain action 1 up to rounding.
  weigh: (probabilities) => {
    const matches = new Float64Array(probabilities.length);
    for (let row = 0; row < matches.length; row++) {
      if (probabilities[row]! >= 1 - 1e-6) matches[row] = 1;
    }
    return matches;
  },
});
