import { checkNumber } from "../checks.ts";
import type { Estimate } from "../estimate.ts";
import { estimateSteps, type StepOptions } from "./estimate-steps.ts";
import { lastOf, sumSteps, weightsBefore, wholeSequences } from "./steps.ts";
import { requireModel, type WeightedTrajectories } from "./weigh-trajectories.ts";

/** Discount, confidence level and normalisation of an estimate over trajectories. */
export interface TrajectoryOptions extends StepOptions {
  /** γ in [0, 1]: the value of a reward one step later. Default 1. */
  readonly discount?: number;
}

/** @throws invalid_request for a discount outside [0, 1] */
export function checkDiscount(discount = 1): number {
  checkNumber("discount", discount, {
    low: 0,
    high: 1,
    expected: "in [0, 1]",
    remedy: "pass 1 to count all steps alike",
  });
  return discount;
}

const named = (name: string, { selfNormalised }: TrajectoryOptions) =>
  selfNormalised ? `sn${name}` : name;

/**
 * V̂ = (1/n) Σ_i w_i,0:T·Σ_t γ^t·r_it: every reward under the weight of its whole trajectory.
 * Unbiased if p > 0 wherever π > 0; its variance grows exponentially with the length.
 * Self-normalised it is weighted importance sampling (WIS). Precup, Sutton & Singh 2000, section 3.
 * @throws invalid_request for a discount outside [0, 1]
 */
export function trajectoryImportanceSampling(
  { rewards, stepWeights, starts, clusters }: WeightedTrajectories,
  options: TrajectoryOptions = {},
): Estimate | undefined {
  const returns = sumSteps(rewards, starts, checkDiscount(options.discount));
  const terms = [{ weights: lastOf(stepWeights, starts), values: returns }];
  const sequences = { starts: wholeSequences(starts), clusters, discount: 1 };
  return estimateSteps({ ...options, ...sequences, terms, name: named("tis", options) });
}

/**
 * V̂ = (1/n) Σ_i Σ_t γ^t·w_i,0:t·r_it: a reward under the weight of the steps up to it, since later ones can't change it.
 * Unbiased like `trajectoryImportanceSampling` with less variance. Precup, Sutton & Singh 2000, section 4.
 * @throws invalid_request for a discount outside [0, 1]
 */
export function perDecisionImportanceSampling(
  { rewards, stepWeights, starts, clusters }: WeightedTrajectories,
  options: TrajectoryOptions = {},
): Estimate | undefined {
  const lastWeights = lastOf(stepWeights, starts);
  const terms = [{ weights: stepWeights, values: rewards, lastWeights }];
  const discount = checkDiscount(options.discount);
  const sequences = { starts, clusters, discount };
  return estimateSteps({ ...options, ...sequences, terms, name: named("pdis", options) });
}

/**
 * V̂ = (1/n) Σ_i Σ_t γ^t·(w_i,0:t·(r_it − Q̂(s_it, a_it)) + w_i,0:t−1·Σ_a π(a|s_it)·Q̂(s_it, a)). Unbiased if the propensities
 * or the model are right. Jiang & Li 2016, equation 10 unrolled; self-normalised: Thomas & Brunskill 2016 ("WDR").
 * @throws invalid_request without a model, or for a discount outside [0, 1]
 */
export function sequentialDoublyRobust(
  trajectories: WeightedTrajectories,
  options: TrajectoryOptions = {},
): Estimate | undefined {
  const { rewards, stepWeights, starts, clusters } = trajectories;
  const { directValues, predictions } = requireModel("dr", trajectories);
  const residuals = rewards.map((reward, row) => reward - predictions[row]!);
  const lastWeights = lastOf(stepWeights, starts);
  const terms = [
    { weights: stepWeights, values: residuals, lastWeights },
    { weights: weightsBefore(stepWeights, starts), values: directValues, lastWeights },
  ];
  const discount = checkDiscount(options.discount);
  return estimateSteps({
    ...options,
    starts,
    clusters,
    discount,
    terms,
    name: named("dr", options),
  });
}

/**
 * V̂ = (1/n) Σ_i Σ_a π(a|s_i0)·Q̂(s_i0, a): the model's value of the first states. Its standard
 * error is that of the states alone. Beygelzimer & Langford 2009; Le, Voloshin & Yue 2019 for Q̂ by
 * `fittedQEvaluation`.
 * @throws invalid_request without a model
 */
export function sequentialDirectMethod(
  trajectories: WeightedTrajectories,
  options: Pick<TrajectoryOptions, "level"> = {},
): Estimate | undefined {
  const { starts, clusters } = trajectories;
  const { directValues } = requireModel("dm", trajectories);
  const values = Float64Array.from(starts.subarray(0, -1), (row) => directValues[row]!);
  const terms = [{ weights: new Float64Array(values.length).fill(1), values }];
  return estimateSteps({ ...options, name: "dm", terms, starts: wholeSequences(starts), clusters });
}
