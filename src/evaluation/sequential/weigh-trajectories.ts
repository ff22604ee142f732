import { EngineError } from "../../domain/errors.ts";
import { checkLength } from "../checks.ts";
import { type Clusters, numberClusters } from "../clusters.ts";
import { type LoggedFeedback, type TargetArrays, weighFeedback } from "../logged-feedback.ts";
import { accumulateWeights, checkStarts, type Starts } from "./steps.ts";

/** A log: rows are steps, the trajectories one after another, each from its first step on. */
export interface LoggedTrajectories extends Omit<LoggedFeedback, "clusters"> {
  readonly starts: Starts;
  /** The user of each trajectory. Without it trajectories count as independent. */
  readonly clusters?: LoggedFeedback["clusters"];
}

/** A target policy on the same steps. `directValues` and `predictions` come from one model Q̂ of the reward still to come. */
export type TrajectoryTarget = Pick<
  TargetArrays,
  "targetProbabilities" | "directValues" | "predictions"
>;

/** Checked trajectories with importance weights; arrays have one entry a step. */
export interface WeightedTrajectories {
  readonly rewards: Float64Array;
  readonly starts: Starts;
  readonly clusters: Clusters;
  /** w_0·…·w_t of each step. */
  readonly stepWeights: Float64Array;
  /** Σ_a π(a|s_t)·Q̂(s_t, a). */
  readonly directValues?: Float64Array;
  /** Q̂(s_t, a_t). */
  readonly predictions?: Float64Array;
}

/**
 * The one entry of untrusted arrays: checks them, divides, and multiplies along each trajectory.
 * @throws invalid_request as weighFeedback, for starts that don't fit the rows, and for weights whose product overflows
 *
 * @example
 * import { perDecisionImportanceSampling, weighTrajectories } from "recurve/evaluation";
 *
 * const log = {
 *   rewards: Float64Array.of(1, 0, 1), // two trajectories: of two steps, and of one
 *   propensities: Float64Array.of(0.5, 0.5, 0.5),
 *   starts: Int32Array.of(0, 2, 3),
 * };
 * const weighted = weighTrajectories(log, { targetProbabilities: Float64Array.of(0.5, 1, 0.5) });
 * console.log([...weighted.stepWeights]); // [ 1, 2, 1 ]
 * console.log(perDecisionImportanceSampling(weighted)?.value); // 1
 */
export function weighTrajectories<T extends TrajectoryTarget>(
  { starts, clusters, ...steps }: LoggedTrajectories,
  target: T,
): WeightedTrajectories & T {
  const { rewards, importanceWeights } = weighFeedback(steps, target);
  checkStarts(starts, rewards.length);
  const trajectories = starts.length - 1;
  if (clusters !== undefined) checkLength("clusters", clusters.length, trajectories, "sequences");
  return {
    ...target,
    rewards,
    starts,
    clusters: numberClusters(trajectories, clusters),
    stepWeights: accumulateWeights(importanceWeights, starts),
  };
}

/** Both columns of the reward model. @throws invalid_request if there is none */
export function requireModel(
  estimator: string,
  { directValues, predictions }: Pick<WeightedTrajectories, "directValues" | "predictions">,
): { directValues: Float64Array; predictions: Float64Array } {
  if (directValues !== undefined && predictions !== undefined) return { directValues, predictions };
  throw new EngineError(
    "invalid_request",
    `${estimator} needs directValues and predictions of a reward model, got none; pass them with the target or choose another estimator`,
    { details: { field: "directValues", estimator } },
  );
}
