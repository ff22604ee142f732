import type { SlateDependence } from "../domain/gate-record.ts";
import { normalCdf } from "../numeric/statistics.ts";
import { sumClusterSquares } from "./clusters.ts";
import { clipWeights } from "./estimate.ts";
import type { ModelledFeedback } from "./logged-feedback.ts";

/**
 * Sums over the items above each row, less their expectation under the policy that made the slate, given the row's item
 * (`SlateMarginals`): 0 at the top.
 */
export interface ItemsAbove {
  /** Of predicted values: good items above may take a reward. */
  readonly values: Float64Array;
  /** Of log π/π₀: how much more often the candidate than the serving policy has such items above. */
  readonly moves: Float64Array;
}

/** Σ x·(r − q̂) in units of its error, users as clusters; 0 if nothing varies. */
function standardise(
  feature: Float64Array,
  { rewards, predictions, clusters }: ModelledFeedback,
): number {
  const products = feature.map((one, row) => one * (rewards[row]! - predictions[row]!));
  const variance = sumClusterSquares(products, clusters);
  const sum = products.reduce((total, product) => total + product, 0);
  return variance > 0 ? sum / Math.sqrt(variance) : 0;
}

/**
 * Tests whether a position's reward depends on the items above it, by the chance that has put them there. If it does not, the
 * residual r − q̂(a, k) is unrelated to that chance, for any reward model q̂ and any users, and each z is standard normal. The
 * second feature counts a row as the candidate's value does: it is what a wrong assumption would add to that value.
 *
 * @returns the larger z, with a p-value for both (Bonferroni); undefined if no row has an item above that could have been another
 */
export function testDependence(
  above: ItemsAbove,
  candidate: ModelledFeedback,
  weightClip: number,
): SlateDependence | undefined {
  const rows = above.values.filter((one) => one !== 0).length;
  if (rows === 0) return undefined;
  const weights = clipWeights(candidate.importanceWeights, weightClip);
  const byValue = standardise(above.values, candidate);
  const byMove = standardise(
    above.moves.map((one, row) => one * weights[row]!),
    candidate,
  );
  const z = Math.abs(byMove) > Math.abs(byValue) ? byMove : byValue;
  return { rows, z, pValue: Math.min(1, 4 * normalCdf(-Math.abs(z))) };
}
