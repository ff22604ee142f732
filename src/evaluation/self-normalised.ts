import { sumClusterSquares } from "./clusters.ts";
import type { Estimate, EstimateOptions } from "./estimate.ts";
import { normalInterval } from "./intervals.ts";
import type { WeightedFeedback } from "./logged-feedback.ts";

/**
 * V̂ = Σ w_i·r_i / Σ w_i; a weighted mean, so within the range of the rewards. Bias O(1/n). Swaminathan & Joachims 2015.
 * Delta method: s.e.² = Σ_g (Σ_{i∈g} w_i·(r_i − V̂))² / (Σ w_i)², users as clusters. Infinite where fewer than two
 * clusters have weight. Undefined (0/0) where no row has: the log does not support the target.
 */
export function selfNormalised(
  feedback: WeightedFeedback,
  { level = 0.95 }: EstimateOptions = {},
): Estimate | undefined {
  const { rewards, importanceWeights, clusters } = feedback;
  const rows = rewards.length;
  let weightSum = 0;
  let value = 0;
  const supported = new Set<number>();
  for (const [row, weight] of importanceWeights.entries()) {
    if (weight === 0) continue;
    weightSum += weight;
    // Running weighted mean: unlike Σwr/Σw it cannot leave the rewards' range by rounding of large sums.
    value += (weight / weightSum) * (rewards[row]! - value);
    supported.add(clusters.index[row]!);
  }
  if (weightSum === 0) return undefined;
  const residuals = importanceWeights.map((weight, row) => weight * (rewards[row]! - value));
  const standardError =
    supported.size < 2
      ? Number.POSITIVE_INFINITY
      : Math.sqrt(sumClusterSquares(residuals, clusters)) / weightSum;
  return {
    estimator: "snips",
    value,
    standardError,
    interval: normalInterval({ value, standardError, level }),
    rows,
    contributions: importanceWeights.map(
      (weight, row) => (weight * rewards[row]! * rows) / weightSum,
    ),
  };
}
