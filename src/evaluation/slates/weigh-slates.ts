import { EngineError } from "../../domain/errors.ts";
import type { Clusters } from "../clusters.ts";
import { weighFeedback } from "../logged-feedback.ts";
import { forEachStep, type Starts } from "../sequential/steps.ts";
import { type LoggedTrajectories, weighTrajectories } from "../sequential/weigh-trajectories.ts";

/**
 * A log: rows are positions, the slates one after another, each from its first position on. Lengths
 * may differ.
 */
export interface LoggedSlates extends LoggedTrajectories {
  /** p(a_k|x, a_0…a_{k−1}) in (0, 1]: of the item at its position, given those above it. */
  readonly propensities: Float64Array;
  /**
   * p(a_k at k|x) in (0, 1]: independent of the positions above. For the position-based estimators.
   */
  readonly marginalPropensities?: Float64Array;
}

/** A target policy on the same slates. `directValues` and `predictions` come from one model q̂_k of the reward at a position. */
export interface SlateTarget {
  /** π(a_k|x, a_0…a_{k−1}), in [0, 1]. */
  readonly targetProbabilities: Float64Array;
  /** π(a_k at k|x), in [0, 1]. */
  readonly marginalTargetProbabilities?: Float64Array;
  /** Σ_a π(a|x, a_0…a_{k−1})·q̂_k(x, a_0…a_{k−1}, a). */
  readonly directValues?: Float64Array;
  /** The same of the logged item. */
  readonly predictions?: Float64Array;
}

/** Whose probabilities a position is weighed by: the slate's, those of the items down to it, or the item's at its position. */
export type Weighting = "slate" | "prefix" | "position";

/** Checked slates with importance weights; arrays have one entry a position. */
export interface WeightedSlates {
  /** r of each position. */
  readonly rewards: Float64Array;
  readonly starts: Starts;
  readonly clusters: Clusters;
  /** w of each row. */
  readonly weights: Readonly<Record<Exclude<Weighting, "position">, Float64Array>> & {
    readonly position?: Float64Array;
  };
  readonly directValues?: Float64Array;
  readonly predictions?: Float64Array;
}

function repeatLast(products: Float64Array, starts: Starts): Float64Array {
  const repeated = new Float64Array(products.length);
  forEachStep(starts, (row, slate) => {
    repeated[row] = products[starts[slate + 1]! - 1]!;
  });
  return repeated;
}

/** @throws invalid_request if only one of the two policies has marginal probabilities */
function weighPositions(log: LoggedSlates, target: SlateTarget): Float64Array | undefined {
  const { marginalPropensities: propensities } = log;
  const { marginalTargetProbabilities: targetProbabilities } = target;
  if (propensities === undefined && targetProbabilities === undefined) return undefined;
  if (propensities !== undefined && targetProbabilities !== undefined) {
    const feedback = { rewards: log.rewards, propensities };
    return weighFeedback(feedback, { targetProbabilities }, "marginal").importanceWeights;
  }
  throw new EngineError(
    "invalid_request",
    "marginalPropensities and marginalTargetProbabilities go together, got only one of them; pass both or neither",
    {
      details: {
        field: propensities ? "marginalTargetProbabilities" : "marginalPropensities",
      },
    },
  );
}

/**
 * The one entry of untrusted arrays: checks them and makes the weights of all three kinds.
 * @throws invalid_request as weighFeedback, for starts that don't fit the rows, weights whose product overflows, or marginal
 *   probabilities of one policy only
 *
 * @example
 * import { rewardInteractionInversePropensity, weighSlates } from "recurve/evaluation";
 *
 * const log = {
 *   rewards: Float64Array.of(1, 0), // one slate of two positions
 *   propensities: Float64Array.of(0.5, 0.5),
 *   starts: Int32Array.of(0, 2),
 * };
 * const weighted = weighSlates(log, { targetProbabilities: Float64Array.of(0.25, 0.5) });
 * console.log(rewardInteractionInversePropensity(weighted)?.value); // 0.5
 */
export function weighSlates(log: LoggedSlates, target: SlateTarget): WeightedSlates {
  const { stepWeights: prefix, ...slates } = weighTrajectories(log, target);
  const position = weighPositions(log, target);
  const weights = { slate: repeatLast(prefix, log.starts), prefix, ...(position && { position }) };
  return { ...slates, weights };
}

/** @throws invalid_request if the marginal probabilities were not given */
export function requirePositionWeights(
  estimator: string,
  { weights }: WeightedSlates,
): Float64Array {
  if (weights.position !== undefined) return weights.position;
  throw new EngineError(
    "invalid_request",
    `${estimator} needs marginalPropensities and marginalTargetProbabilities, got none; pass them or choose another estimator`,
    { details: { field: "marginalPropensities", estimator } },
  );
}
