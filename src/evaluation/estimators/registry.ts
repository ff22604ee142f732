import { EngineError } from "../../domain/errors.ts";
import { balancedInversePropensity } from "./balanced-inverse-propensity.ts";
import { directMethod } from "./direct-method.ts";
import { doublyRobust } from "./doubly-robust.ts";
import type { Estimator } from "./estimator.ts";
import { inversePropensity } from "./inverse-propensity.ts";
import { logarithmicSmoothing } from "./logarithmic-smoothing.ts";
import { marginalisedInversePropensity } from "./marginalised-inverse-propensity.ts";
import { optimisticShrinkage } from "./optimistic-shrinkage.ts";
import { replay } from "./replay.ts";
import { selfNormalised } from "./self-normalised.ts";
import { selfNormalisedDoublyRobust } from "./self-normalised-doubly-robust.ts";
import { selfNormalisedMarginalised } from "./self-normalised-marginalised.ts";
import { subGaussianDoublyRobust } from "./sub-gaussian-doubly-robust.ts";
import { subGaussianInversePropensity } from "./sub-gaussian-inverse-propensity.ts";
import { switchDoublyRobust } from "./switch-doubly-robust.ts";

/** Every estimator of one choice a row, in the order of tables: without a reward model, then with one. */
export const estimators: readonly Estimator[] = [
  replay,
  inversePropensity,
  selfNormalised,
  subGaussianInversePropensity,
  logarithmicSmoothing,
  balancedInversePropensity,
  marginalisedInversePropensity,
  selfNormalisedMarginalised,
  directMethod,
  doublyRobust,
  selfNormalisedDoublyRobust,
  switchDoublyRobust,
  optimisticShrinkage,
  subGaussianDoublyRobust,
];

/**
 * @throws invalid_request for a name that no estimator has
 *
 * @example
 * import { getEstimator, weighFeedback } from "recurve/evaluation";
 *
 * const log = { rewards: Float64Array.of(1, 0), propensities: Float64Array.of(0.5, 0.25) };
 * const weighted = weighFeedback(log, { targetProbabilities: Float64Array.of(0.5, 0.75) });
 * console.log(getEstimator("ips").estimate(weighted)?.value); // 0.5
 * console.log(getEstimator("snips").estimate(weighted)?.value); // 0.25
 */
export function getEstimator(name: string): Estimator {
  const found = estimators.find((estimator) => estimator.name === name);
  if (found !== undefined) return found;
  const known = estimators.map((estimator) => estimator.name);
  throw new EngineError(
    "invalid_request",
    `no estimator '${name}'; choose one of ${known.join(", ")}`,
    { details: { field: "estimator", value: name, known } },
  );
}
