import { averageContributions, type Estimate, type EstimateOptions } from "./estimate.ts";
import type { ModelledFeedback } from "./logged-feedback.ts";

/**
 * V̂ = (1/n) Σ_i Σ_a π(a|x_i)·q̂(x_i, a): what the reward model believes. Its standard error is that of the contexts alone;
 * the model's own error is in neither. Beygelzimer & Langford 2009.
 */
export function directMethod(
  { directValues, clusters }: Pick<ModelledFeedback, "directValues" | "clusters">,
  options: EstimateOptions = {},
): Estimate {
  return averageContributions("dm", directValues, { ...options, clusters });
}
