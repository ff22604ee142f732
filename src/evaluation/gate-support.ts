import type { CheckedPart } from "./censored-difference.ts";
import { effectiveSize } from "./effective-size.ts";
import { type FeedbackPair, limitWeights } from "./feedback-pair.ts";
import { weightedMean, weightedStandardError } from "./strata.ts";

/** Support of a candidate with limited weights by the log. */
export interface GateSupport {
  readonly rows: number;
  /** Users. */
  readonly clusters: number;
  /**
   * ESS/n of u = ω·(1 + w − w₀), of the limited weights, the only ones that the statistics use. On rows of the serving policy u is w;
   * on others what both policies share has no part in the difference.
   */
  readonly effectiveSampleShare: number;
  /** Mean probability of the candidate within the limit, in [0, 1]: the part that the log can check. */
  readonly checkedMass: number;
  /**
   * Mean limited weight less its expectation, the checked mass: 0 if the propensities are right.
   * Rows with an unknown mass add 0.
   */
  readonly excessWeight: number;
  /** Users as clusters. */
  readonly excessWeightStandardError: number;
}

export function measureSupport(
  pair: FeedbackPair,
  { mass }: CheckedPart,
  weightClip: number,
): GateSupport {
  const { serving, rowWeights } = pair;
  const { clusters } = serving;
  const weights = rowWeights.difference;
  const limited = limitWeights(pair, weightClip);
  const differing = limited.map(
    (weight, row) => weights[row]! * (1 + weight - serving.importanceWeights[row]!),
  );
  const excess = limited.map((weight, row) => weight - mass[row]!);
  const excessWeight = weightedMean(excess, weights);
  const centre = { mean: excessWeight, weights };
  return {
    rows: excess.length,
    clusters: clusters.count,
    effectiveSampleShare: Math.min(1, effectiveSize(differing) / effectiveSize(weights)),
    checkedMass: weightedMean(mass, weights),
    excessWeight,
    excessWeightStandardError: weightedStandardError(excess, centre, clusters),
  };
}
