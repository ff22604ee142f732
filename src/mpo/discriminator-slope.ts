import { logistic } from "../numeric/logistic.ts";
import { createSeparation, type Separation, shareBelow } from "./separation.ts";

/** Logits of D on rows that it is not trained on, with the weights that they have in its two classes. */
export interface HeldOutLogits {
  readonly logits: number[];
  /** r at the chosen item. */
  readonly positives: number[];
  /** r·π_θ. */
  readonly negatives: number[];
}

export const noHeldOutLogits = (): HeldOutLogits => ({ logits: [], positives: [], negatives: [] });

/** Of the slope before anything is held out: a discriminator has yet to prove itself. */
const priorDeviation = 1;
const newtonSteps = 30;
const converged = 1e-9;

/** Its penalised cross-entropy is convex in the slope. */
function newtonStep(slope: number, { logits, positives, negatives }: HeldOutLogits): number {
  let gradient = slope / priorDeviation ** 2;
  let curvature = 1 / priorDeviation ** 2;
  for (const [index, logit] of logits.entries()) {
    const probability = logistic(slope * logit);
    const weight = positives[index]! + negatives[index]!;
    gradient += (weight * probability - positives[index]!) * logit;
    curvature += weight * probability * (1 - probability) * logit * logit;
  }
  // A step of at most a quarter: the slope is between 0 and 1.
  return slope - Math.max(-0.25, Math.min(0.25, gradient / curvature));
}

/**
 * Slope b in [0, 1] that makes b·D the log odds confirmed by the held-out rows (Platt 1999), so an
 * overfitted D does not count as certain; 0 if it predicts nothing or nothing is held out.
 */
export function fitDiscriminatorSlope(heldOut: HeldOutLogits): number {
  let slope = 0;
  for (let step = 0; step < newtonSteps; step++) {
    const next = Math.min(1, Math.max(0, newtonStep(slope, heldOut)));
    if (Math.abs(next - slope) < converged) return next;
    slope = next;
  }
  return slope;
}

export interface WatchedSeparation extends Separation {
  /** b in [0, 1]: b·D are the log odds that the held-out rows bear out. */
  readonly slope: number;
}

/** D and π_θ of a held-out row's candidates, with the choice. */
export interface WatchedChoice {
  readonly logits: ArrayLike<number>;
  readonly policy: ArrayLike<number>;
  readonly action: number;
  readonly reward: number;
}

/** Takes in rows that D is not trained on, one by one. */
export function watchDiscriminator(): {
  add(row: WatchedChoice): void;
  result(): WatchedSeparation;
} {
  const separation = createSeparation();
  const heldOut = noHeldOutLogits();
  return {
    add: ({ logits, policy, action, reward }) => {
      separation.add(shareBelow(logits, policy, action), reward);
      for (let a = 0; a < logits.length; a++) {
        heldOut.logits.push(logits[a]!);
        heldOut.positives.push(a === action ? reward : 0);
        heldOut.negatives.push(reward * policy[a]!);
      }
    },
    result: () => ({ ...separation.result(), slope: fitDiscriminatorSlope(heldOut) }),
  };
}
