import { meanOf } from "../numeric/statistics.ts";
import { clusteredStandardError } from "./clusters.ts";
import { diagnoseWeights } from "./diagnostics.ts";
import { clipWeights } from "./estimate.ts";
import type { WeightedFeedback } from "./logged-feedback.ts";
import type { CheckedPart } from "./paired-difference.ts";

/** Support of a candidate with clipped weights by the log. */
export interface GateSupport {
  readonly rows: number;
  /** Users. */
  readonly clusters: number;
  /** ESS/n of the clipped weights, the only ones that the statistics use. */
  readonly effectiveSampleShare: number;
  /** Mean probability of the candidate within the clip, in [0, 1]: the part that the log can check. */
  readonly checkedMass: number;
  /**
   * Mean clipped weight less its expectation, the checked mass: 0 if the propensities are right.
   * Rows with an unknown mass add 0.
   */
  readonly excessWeight: number;
  /** Users as clusters. */
  readonly excessWeightStandardError: number;
}

export function measureSupport(
  candidate: WeightedFeedback,
  { mass }: CheckedPart,
  weightClip: number,
): GateSupport {
  const importanceWeights = clipWeights(candidate.importanceWeights, weightClip);
  const { rows, clusters, effectiveSampleShare } = diagnoseWeights({
    ...candidate,
    importanceWeights,
  });
  const excess = importanceWeights.map((weight, row) => weight - mass[row]!);
  const excessWeight = meanOf(excess);
  return {
    rows,
    clusters,
    effectiveSampleShare,
    checkedMass: meanOf(mass),
    excessWeight,
    excessWeightStandardError: clusteredStandardError(excess, excessWeight, candidate.clusters),
  };
}
