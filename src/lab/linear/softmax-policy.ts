import type { BilinearScores } from "../../domain/bandit-world.ts";
import { logSumExp, subtractTotal } from "../../numeric/log-probabilities.ts";
import { minimise } from "../../numeric/minimise.ts";
import { addGradient, type BilinearFeatures, type Offer, scoreOffer } from "./bilinear.ts";

/** An offer with the distribution that the policy must approach there. */
export interface TargetedOffer extends Offer {
  /** t over the candidates, summing to one. */
  readonly target: Float64Array;
}

/** log π(a|s) of a policy that is a softmax of bilinear scores, [K]. */
export const policyLogs = (
  features: BilinearFeatures,
  policy: BilinearScores,
  offer: Offer,
): Float64Array => subtractTotal(scoreOffer(features, policy, offer));

/** Parameters as one array, weights first. */
export function flatten({ weights, biases }: BilinearScores): Float64Array {
  const all = new Float64Array(weights.length + biases.length);
  all.set(weights);
  all.set(biases, weights.length);
  return all;
}

/** The views of `flatten`'s array. */
export const unflatten = (all: Float64Array, { weights }: BilinearScores): BilinearScores => ({
  weights: all.subarray(0, weights.length),
  biases: all.subarray(weights.length),
});

/**
 * Half the penalty's weight on squared distance from the fit's start: keeps unseen items unchanged.
 */
const anchor = 1e-4;

/**
 * Mean over offers of the cross-entropy −Σ_a t_a·log π(a), and its gradient: π_a − t_a on each logit. The sum over the candidates is
 * exact, never sampled: with a sampled, detached action the gradient of log π_θ − log π_φ has expectation zero.
 */
export function targetCrossEntropy(
  features: BilinearFeatures,
  policy: BilinearScores,
  { offers, into }: { readonly offers: readonly TargetedOffer[]; readonly into: Float64Array },
): number {
  let loss = 0;
  let [scores, gradient] = [new Float64Array(), new Float64Array()];
  for (const offer of offers) {
    if (scores.length !== offer.items.length) {
      scores = new Float64Array(offer.items.length);
      gradient = new Float64Array(offer.items.length);
    }
    scoreOffer(features, policy, offer, scores);
    const total = logSumExp(scores);
    for (let a = 0; a < scores.length; a++) {
      loss -= (offer.target[a]! * (scores[a]! - total)) / offers.length;
      gradient[a] = (Math.exp(scores[a]! - total) - offer.target[a]!) / offers.length;
    }
    addGradient(features, offer, { gradient, into });
  }
  return loss;
}

/**
 * Moves a policy to its targets, starting from itself. `losses` starts with the loss before, and
 * never rises.
 */
export function fitPolicy(
  features: BilinearFeatures,
  start: BilinearScores,
  offers: readonly TargetedOffer[],
): { readonly policy: BilinearScores; readonly losses: readonly number[] } {
  const origin = flatten(start);
  const evaluate = (parameters: Float64Array, gradient: Float64Array) => {
    let loss = targetCrossEntropy(features, unflatten(parameters, start), {
      offers,
      into: gradient,
    });
    for (let index = 0; index < parameters.length; index++) {
      const distance = parameters[index]! - origin[index]!;
      loss += anchor * distance * distance;
      gradient[index]! += 2 * anchor * distance;
    }
    return loss;
  };
  const { x, values } = minimise(evaluate, origin, { iterations: 20, tolerance: 2e-4 });
  return { policy: unflatten(x, start), losses: values };
}
