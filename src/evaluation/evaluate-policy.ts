import { findNegative } from "./checks.ts";
import { diagnoseWeights, type WeightDiagnostics } from "./diagnostics.ts";
import type { Estimate, WeightedEstimateOptions } from "./estimate.ts";
import { findMissing } from "./estimators/evaluated-feedback.ts";
import { estimators } from "./estimators/registry.ts";
import { type LoggedFeedback, type TargetArrays, weighFeedback } from "./logged-feedback.ts";

/** Estimates of a target policy in reward units a row, with diagnostics of its weights. */
export interface PolicyEvaluation {
  /** By name, in the registry's order: all with complete input and support in the log. */
  readonly estimates: Readonly<Record<string, Estimate>>;
  readonly diagnostics: WeightDiagnostics;
}

/**
 * The value of a target policy from feedback that another policy collected, by every estimator that the input allows.
 * `weightClip` counts for those that clip; the others keep their weights.
 *
 * @throws invalid_request, see weighFeedback
 *
 * @example
 * import { evaluatePolicy } from "recurve/evaluation";
 *
 * const log = {
 *   rewards: Float64Array.of(1, 0, 0, 1),
 *   propensities: Float64Array.of(0.5, 0.5, 0.25, 0.5),
 * };
 * const target = { targetProbabilities: Float64Array.of(0.75, 0.25, 0.25, 0.5) };
 * const { estimates, diagnostics } = evaluatePolicy(log, target);
 * console.log(estimates.ips?.value, diagnostics.meanWeight); // 0.625 1
 */
export function evaluatePolicy(
  feedback: LoggedFeedback,
  target: TargetArrays,
  { weightClip, level = 0.95 }: WeightedEstimateOptions = {},
): PolicyEvaluation {
  const weighted = weighFeedback(feedback, target);
  const negative = findNegative(weighted.rewards) >= 0;
  const estimates: Record<string, Estimate> = {};
  for (const estimator of estimators) {
    if (findMissing(estimator, weighted).length > 0) continue;
    if (negative && estimator.nonNegativeRewards) continue;
    const clips = weightClip !== undefined && estimator.parameter?.name === "weightClip";
    const estimate = estimator.estimate(weighted, {
      level,
      ...(clips && { parameter: weightClip }),
    });
    if (estimate) estimates[estimator.name] = estimate;
  }
  return { estimates, diagnostics: diagnoseWeights(weighted, weightClip) };
}
