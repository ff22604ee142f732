import { createEstimator } from "./create-estimator.ts";
import type { Estimator } from "./estimator.ts";

/**
 * V̂ = (1/n) Σ log(1 + λ·w_i·r_i)/λ for r ≥ 0, λ ≥ 0; λ → 0 is IPS. Pessimistic: its expectation is at most that of IPS, and it concentrates
 * from above without a bound on w. Sakhi, Aouali, Alquier & Chopin 2024, equation 9 with cost −r; they advise λ near 1/√n.
 */
export const logarithmicSmoothing: Estimator = createEstimator({
  name: "ls",
  title: "Logarithmic smoothing",
  formula: "log(1 + λ·w·r)/λ",
  paper: "Sakhi, Aouali, Alquier & Chopin 2024",
  weights: "importance",
  modelled: false,
  selfNormalised: false,
  parameter: {
    name: "smoothing",
    symbol: "λ",
    low: 0,
    high: 1e6,
    expected: "in [0, 1e6]",
    remedy: "0 is inverse propensity, larger is more pessimistic",
    neutral: 0,
    grid: [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
  },
  nonNegativeRewards: true,
  // log(1 + λwr)/λ written as a weight of r.
  weigh: (weights, smoothing, rewards) => {
    const smoothed = weights.slice();
    for (let row = 0; row < smoothed.length; row++) {
      const size = smoothing * smoothed[row]! * rewards[row]!;
      if (size > 0) smoothed[row]! *= Math.log1p(size) / size;
    }
    return smoothed;
  },
});
