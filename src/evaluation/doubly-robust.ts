import {
  averageContributions,
  clipWeights,
  type Estimate,
  type WeightedEstimateOptions,
} from "./estimate.ts";
import type { ModelledFeedback } from "./logged-feedback.ts";

/** X_i = Σ_a π(a|x_i)·q̂(x_i, a) + w_i·(r_i − q̂(x_i, a_i)). */
export function doublyRobustContributions(
  { rewards, directValues, predictions }: ModelledFeedback,
  weights: Float64Array,
): Float64Array {
  return weights.map(
    (weight, row) => directValues[row]! + weight * (rewards[row]! - predictions[row]!),
  );
}

/**
 * V̂ = (1/n) Σ X_i with weights min(w_i, c). Unbiased without a clip if the propensities or the model are right; what a clip
 * cuts off is filled in by the model. Dudík, Langford & Li 2011; clip: Su et al. 2020 ("pessimistic shrinkage").
 */
export function doublyRobust(
  feedback: ModelledFeedback,
  options: WeightedEstimateOptions = {},
): Estimate {
  const { importanceWeights, clusters } = feedback;
  const weights = clipWeights(importanceWeights, options.weightClip);
  const contributions = doublyRobustContributions(feedback, weights);
  return averageContributions("dr", contributions, { ...options, clusters, weights });
}
