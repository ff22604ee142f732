import type { Estimate } from "../estimate.ts";
import { estimateSteps, type StepOptions } from "../sequential/estimate-steps.ts";
import { lastOf, sumSteps, weightsBefore, wholeSequences } from "../sequential/steps.ts";
import { requireModel } from "../sequential/weigh-trajectories.ts";
import { requirePositionWeights, type WeightedSlates } from "./weigh-slates.ts";

// A slate read from top to bottom is a trajectory without discount: the estimators are the sequential ones under the
// names of the slate papers. All are in reward units a slate.

const named = (name: string, { selfNormalised }: StepOptions) =>
  selfNormalised ? `sn${name}` : name;

/**
 * V̂ = (1/n) Σ_i w_i·Σ_k r_ik, w the ratio of the slates' probabilities (SIPS). Valid for any user
 * behaviour; its variance grows exponentially with the length. Li, Abbasi-Yadkori, Kveton,
 * Muthukrishnan, Vinay & Wen 2018.
 */
export function slateInversePropensity(
  { rewards, weights, starts, clusters }: WeightedSlates,
  options: StepOptions = {},
): Estimate | undefined {
  const terms = [{ weights: lastOf(weights.slate, starts), values: sumSteps(rewards, starts) }];
  const sequences = { starts: wholeSequences(starts), clusters };
  return estimateSteps({ ...options, ...sequences, terms, name: named("sips", options) });
}

/**
 * V̂ = (1/n) Σ_i Σ_k w_ik·r_ik, w the ratio of the item's probabilities at its position (IIPS,
 * position-based). Right if the reward of a position depends on its own item only, and the least
 * noisy then. Li et al. 2018.
 * @throws invalid_request without marginal probabilities
 */
export function independentInversePropensity(
  slates: WeightedSlates,
  options: StepOptions = {},
): Estimate | undefined {
  const { rewards, starts, clusters } = slates;
  const terms = [{ weights: requirePositionWeights("iips", slates), values: rewards }];
  return estimateSteps({ ...options, terms, starts, clusters, name: named("iips", options) });
}

/**
 * V̂ = (1/n) Σ_i Σ_k w_i,0:k·r_ik, w the ratio of the probabilities of the items down to k (RIPS).
 * Right if users read from top to bottom: a reward depends on its item and those above. McInerney,
 * Brost, Chandar, Mehrotra & Carterette 2020.
 */
export function rewardInteractionInversePropensity(
  { rewards, weights, starts, clusters }: WeightedSlates,
  options: StepOptions = {},
): Estimate | undefined {
  const lastWeights = lastOf(weights.prefix, starts);
  const terms = [{ weights: weights.prefix, values: rewards, lastWeights }];
  return estimateSteps({ ...options, terms, starts, clusters, name: named("rips", options) });
}

/**
 * V̂ = (1/n) Σ_i Σ_k [w_i,0:k·(r_ik − q̂_k(a_ik)) + w_i,0:k−1·Σ_a π(a|x, a_i0…a_i,k−1)·q̂_k(a)] (cascade-DR), q̂_k the expected
 * reward from position k on. RIPS with a model for control variate: right as RIPS is, less noisy for a good model. Kiyohara,
 * Saito, Matsuhiro, Narita, Shimizu & Yamamoto 2022, equation 6.
 * @throws invalid_request without a reward model
 */
export function cascadeDoublyRobust(
  slates: WeightedSlates,
  options: StepOptions = {},
): Estimate | undefined {
  const { rewards, weights, starts, clusters } = slates;
  const { directValues, predictions } = requireModel("cascade-dr", slates);
  const residuals = rewards.map((reward, row) => reward - predictions[row]!);
  const lastWeights = lastOf(weights.prefix, starts);
  const terms = [
    { weights: weights.prefix, values: residuals, lastWeights },
    { weights: weightsBefore(weights.prefix, starts), values: directValues, lastWeights },
  ];
  const name = named("cascade-dr", options);
  return estimateSteps({ ...options, terms, starts, clusters, name });
}

/**
 * V̂ = (1/n) Σ_i (1 − L_i + Σ_k w_ik)·Σ_k r_ik, w the ratio of the item's probabilities at its
 * position: the pseudo-inverse estimator for positions that the logging policy fills independently
 * of each other. Right if the reward of the whole slate, which need not be seen by position, is a
 * sum over positions of something of position and item. Weights can be negative. Swaminathan,
 * Krishnamurthy, Agarwal, Dudík, Langford, Jose & Zitouni 2017, example 4; self-normalised: its
 * section 5 ("wPI"). Slates without repetition need the general form, whose matrix of pairs no log
 * has.
 * @returns undefined if it is self-normalised and the weights sum to 0
 * @throws invalid_request without marginal probabilities
 */
export function pseudoInverse(
  slates: WeightedSlates,
  options: StepOptions = {},
): Estimate | undefined {
  const { rewards, starts, clusters } = slates;
  const position = requirePositionWeights("pseudo-inverse", slates);
  const weights = sumSteps(
    position.map((weight) => weight - 1),
    starts,
  ).map((sum) => 1 + sum);
  const terms = [{ weights, values: sumSteps(rewards, starts) }];
  const name = named("pseudo-inverse", options);
  return estimateSteps({ ...options, terms, starts: wholeSequences(starts), clusters, name });
}
