import {
  averageContributions,
  clipWeights,
  type Estimate,
  type WeightedEstimateOptions,
} from "./estimate.ts";
import type { WeightedFeedback } from "./logged-feedback.ts";

/**
 * V̂ = (1/n) Σ min(w_i, c)·r_i, w = π/p. Unbiased without a clip where p > 0 wherever π > 0; a clip lowers the variance and,
 * for r ≥ 0, the expectation. Horvitz & Thompson 1952; Strehl et al. 2010; clip: Ionides 2008.
 */
export function inversePropensity(
  feedback: WeightedFeedback,
  options: WeightedEstimateOptions = {},
): Estimate {
  const { rewards, importanceWeights, clusters } = feedback;
  const weights = clipWeights(importanceWeights, options.weightClip);
  const contributions = weights.map((weight, row) => weight * rewards[row]!);
  return averageContributions("ips", contributions, { ...options, clusters, weights });
}
