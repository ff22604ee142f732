import { diagnoseWeights, type WeightDiagnostics } from "./diagnostics.ts";
import { directMethod } from "./direct-method.ts";
import { doublyRobust } from "./doubly-robust.ts";
import type { Estimate, WeightedEstimateOptions } from "./estimate.ts";
import { inversePropensity } from "./inverse-propensity.ts";
import { type LoggedFeedback, type TargetArrays, weighFeedback } from "./logged-feedback.ts";
import { selfNormalised } from "./self-normalised.ts";

export interface PolicyEvaluation {
  readonly ips: Estimate;
  /** Absent where no logged action is one that the target would choose. */
  readonly snips?: Estimate;
  /** Absent without a reward model. */
  readonly dm?: Estimate;
  readonly dr?: Estimate;
  readonly diagnostics: WeightDiagnostics;
}

/**
 * The value of a target policy from feedback that another policy collected, by every estimator.
 *
 * @example evaluatePolicy({ rewards, propensities }, { targetProbabilities }).ips.interval
 * @throws invalid_request, see weighFeedback
 */
export function evaluatePolicy(
  feedback: LoggedFeedback,
  target: TargetArrays,
  options: WeightedEstimateOptions = {},
): PolicyEvaluation {
  const weighted = weighFeedback(feedback, target);
  const { directValues, predictions } = weighted;
  const snips = selfNormalised(weighted, options);
  const modelled = directValues && predictions && { ...weighted, directValues, predictions };
  return {
    ips: inversePropensity(weighted, options),
    ...(snips && { snips }),
    ...(modelled && { dm: directMethod(modelled, options), dr: doublyRobust(modelled, options) }),
    diagnostics: diagnoseWeights(weighted, options.weightClip),
  };
}
