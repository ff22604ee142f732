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
