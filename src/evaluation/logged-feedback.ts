import { EngineError } from "../domain/errors.ts";
import { type AllowedRange, checkLength, checkNumbers, highestProbability } from "./checks.ts";
import { type Clusters, numberClusters } from "./clusters.ts";

/** A log: a row is one choice. All arrays have the same length n ≥ 1. */
export interface LoggedFeedback {
  /** r, reward units. */
  readonly rewards: Float64Array;
  /** p in (0, 1]: probability, recorded when deciding, that the logging policy made this choice. */
  readonly propensities: Float64Array;
  /** The user of each row. Without it rows count as independent. */
  readonly clusters?: Int32Array | readonly string[];
}

/** A target policy on the same rows. `directValues` and `predictions` come from one reward model q̂: both or neither. */
export interface TargetArrays {
  /** π(a|x) of the logged action, in [0, 1]. */
  readonly targetProbabilities: Float64Array;
  /** Σ_a π(a|x)·q̂(x, a). */
  readonly directValues?: Float64Array;
  /** q̂(x, a) of the logged action. */
  readonly predictions?: Float64Array;
  /** w(x, e) ≥ 0 of the logged action's category, see `marginalWeights`. */
  readonly marginalWeights?: Float64Array;
  /** Weights ≥ 0 that balance the log against the target, learned elsewhere. */
  readonly balancingWeights?: Float64Array;
}

/** Checked feedback with the target's importance weights w = π/p. */
export interface WeightedFeedback {
  readonly rewards: Float64Array;
  readonly importanceWeights: Float64Array;
  readonly clusters: Clusters;
}

export interface ModelledFeedback extends WeightedFeedback {
  readonly directValues: Float64Array;
  readonly predictions: Float64Array;
}

/** Numbers beyond it, and propensities below its inverse, are refused: their products would overflow float64. */
const largest = 1e100;

const finite = {
  low: -largest,
  high: largest,
  expected: "a finite number",
  remedy: "leave out rows without a usable number",
};

const weight = {
  low: 0,
  high: largest,
  expected: "a finite number ≥ 0",
  remedy: "leave out rows without a usable weight",
};

function checkFeedback({ rewards, propensities, clusters }: LoggedFeedback): void {
  if (rewards.length === 0) {
    throw new EngineError(
      "invalid_request",
      "feedback must have at least one row, got 0; wait until the reward window of a decision has closed",
      { details: { field: "rewards", value: 0 } },
    );
  }
  checkNumbers("rewards", rewards, finite);
  checkLength("propensities", propensities.length, rewards.length);
  checkNumbers("propensities", propensities, {
    low: 1 / largest,
    high: highestProbability,
    expected: "in (0, 1]",
    remedy: "log the probability at decision time",
  });
  if (clusters !== undefined) checkLength("clusters", clusters.length, rewards.length);
}

function checkTarget(target: TargetArrays, rows: number, name: string): void {
  const { targetProbabilities, directValues, predictions } = target;
  const field = `${name}.targetProbabilities`;
  checkLength(field, targetProbabilities.length, rows);
  checkNumbers(field, targetProbabilities, {
    low: 0,
    high: highestProbability,
    expected: "in [0, 1]",
    remedy: "pass the probability that the target policy gives to the logged action",
  });
  if ((directValues === undefined) !== (predictions === undefined)) {
    throw new EngineError(
      "invalid_request",
      `${name} must have directValues and predictions of one reward model, got only one of them; pass both or neither`,
      { details: { field: `${name}.${directValues ? "predictions" : "directValues"}` } },
    );
  }
  checkColumns(name, { directValues, predictions }, { rows, range: finite });
  const { marginalWeights, balancingWeights } = target;
  checkColumns(name, { marginalWeights, balancingWeights }, { rows, range: weight });
}

function checkColumns(
  name: string,
  columns: Readonly<Record<string, Float64Array | undefined>>,
  { rows, range }: { readonly rows: number; readonly range: AllowedRange },
): void {
  for (const [key, values] of Object.entries(columns)) {
    if (values === undefined) continue;
    checkLength(`${name}.${key}`, values.length, rows);
    checkNumbers(`${name}.${key}`, values, range);
  }
}

/**
 * The one entry of untrusted arrays: checks them and divides.
 * @param name the target policy's name in messages
 * @throws invalid_request for an empty log, lengths that differ, NaN, a propensity outside (0, 1],
 * a probability outside [0, 1],
 * a weight below 0
 *
 * @example
 * import { weighFeedback } from "recurve/evaluation";
 *
 * const log = { rewards: Float64Array.of(1, 0), propensities: Float64Array.of(0.5, 0.25) };
 * const { importanceWeights } = weighFeedback(log, { targetProbabilities: Float64Array.of(0.25, 0.5) });
 * console.log([...importanceWeights]); // [ 0.5, 2 ]
 */
export function weighFeedback<T extends TargetArrays>(
  feedback: LoggedFeedback,
  target: T,
  name = "target",
): WeightedFeedback & T {
  checkFeedback(feedback);
  const { rewards, propensities } = feedback;
  checkTarget(target, rewards.length, name);
  const importanceWeights = target.targetProbabilities.slice();
  for (let row = 0; row < importanceWeights.length; row++) {
    importanceWeights[row]! /= propensities[row]!;
  }
  return {
    ...target,
    rewards,
    importanceWeights,
    clusters: numberClusters(rewards.length, feedback.clusters),
  };
}
