import type { BilinearScores } from "../../domain/bandit-world.ts";
import { logistic } from "../../numeric/logistic.ts";
import { minimise } from "../../numeric/minimise.ts";
import { addGradient, type BilinearFeatures, type Offer, scoreOffer } from "./bilinear.ts";
import { flatten, unflatten } from "./softmax-policy.ts";

/** A satisfied choice against the policy's own choices. */
export interface SatisfiedOffer extends Offer {
  /** Index of the choice. */
  readonly action: number;
  /** r > 0. */
  readonly reward: number;
  /** π_θ over the candidates. */
  readonly policy: Float64Array;
}

/** Weight of squared parameters, in rewarded rows: a prior of standard deviation 1 / √2. */
const weightDecay = 1;

const softplus = (value: number) =>
  value > 0 ? value + Math.log1p(Math.exp(-value)) : Math.log1p(Math.exp(value));

/** Σ_i r_i·[softplus(−D(a_i)) + Σ_a π_θ(a)·softplus(D(a))] with weight decay, and its gradient. */
export function discriminatorLoss(
  features: BilinearFeatures,
  discriminator: BilinearScores,
  { offers, into }: { readonly offers: readonly SatisfiedOffer[]; readonly into: Float64Array },
): number {
  let loss = 0;
  let gradient = new Float64Array();
  for (const offer of offers) {
    const { action, reward, policy } = offer;
    if (gradient.length !== offer.items.length) gradient = new Float64Array(offer.items.length);
    // The scores give way to the gradient, one by one.
    scoreOffer(features, discriminator, offer, gradient);
    const satisfied = gradient[action]!;
    for (let a = 0; a < gradient.length; a++) {
      const score = gradient[a]!;
      loss += reward * policy[a]! * softplus(score);
      gradient[a] = reward * policy[a]! * logistic(score);
    }
    loss += reward * softplus(-satisfied);
    gradient[action]! -= reward * logistic(-satisfied);
    addGradient(features, offer, { gradient, into });
  }
  for (const [part, offset] of [
    [discriminator.weights, 0],
    [discriminator.biases, discriminator.weights.length],
  ] as const) {
    for (let index = 0; index < part.length; index++) {
      loss += weightDecay * part[index]! ** 2;
      into[offset + index]! += 2 * weightDecay * part[index]!;
    }
  }
  return loss;
}

/**
 * D as in docs/methods/mpo.md, step 2, on features and item-level biases, starting from the last
 * cycle's.
 */
export function fitDiscriminator(
  features: BilinearFeatures,
  start: BilinearScores,
  offers: readonly SatisfiedOffer[],
): BilinearScores {
  const evaluate = (parameters: Float64Array, gradient: Float64Array) =>
    discriminatorLoss(features, unflatten(parameters, start), { offers, into: gradient });
  const { x } = minimise(evaluate, flatten(start), { iterations: 15, tolerance: 1e-3 });
  return unflatten(x, start);
}
