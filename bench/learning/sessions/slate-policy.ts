import { logSumExp, normaliseLogs } from "../../../src/numeric/log-probabilities.ts";
import { minimise } from "../../../src/numeric/minimise.ts";
import {
  massesOf,
  outcomeValues,
  type SessionTask,
  type StepFeatures,
  slateValues,
} from "./task.ts";

/** Softmax over slates of the expected score of what the user takes: log π(A|s) = Σ_o P(o|A)·θ·x_o + c(s). */
export interface SlatePolicy {
  /** θ, [O]. */
  readonly weights: Float64Array;
  /** Of the choice model, by kind. */
  readonly masses: Float64Array;
}

export const policyLogs = (
  { weights, masses }: SlatePolicy,
  step: StepFeatures,
  slates: SessionTask["slates"],
): Float64Array =>
  normaliseLogs(slateValues(outcomeValues(step, weights), massesOf(step, masses), slates));

export interface TargetedStep {
  readonly step: StepFeatures;
  /** t over the slates. */
  readonly target: Float64Array;
}

/** Half the penalty's weight on squared distance from where the fit started. */
const anchor = 1e-4;

/** Mean cross-entropy −Σ_A t_A·log π(A) over the steps, exact over the slates; adds its gradient. */
function crossEntropy(
  policy: SlatePolicy,
  {
    steps,
    slates,
  }: { readonly steps: readonly TargetedStep[]; readonly slates: SessionTask["slates"] },
  gradient: Float64Array,
): number {
  let loss = 0;
  const width = policy.weights.length;
  for (const { step, target } of steps) {
    const masses = massesOf(step, policy.masses);
    const none = masses.length - 1;
    const scores = slateValues(outcomeValues(step, policy.weights), masses, slates);
    const total = logSumExp(scores);
    const pulls = new Float64Array(masses.length);
    for (const [index, slate] of slates.entries()) {
      loss -= (target[index]! * (scores[index]! - total)) / steps.length;
      const pull = (Math.exp(scores[index]! - total) - target[index]!) / steps.length;
      const mass = slate.reduce((sum, place) => sum + masses[place]!, masses[none]!);
      for (const place of [...slate, none]) pulls[place]! += (pull * masses[place]!) / mass;
    }
    for (const [outcome, pull] of pulls.entries()) {
      if (pull === 0) continue;
      for (let k = 0; k < width; k++) gradient[k]! += pull * step.outcomes[outcome * width + k]!;
    }
  }
  return loss;
}

/** Moves a policy to its targets by exact gradients, from where it is. */
export function fitPolicy(
  start: SlatePolicy,
  steps: readonly TargetedStep[],
  slates: SessionTask["slates"],
): SlatePolicy {
  const evaluate = (weights: Float64Array, gradient: Float64Array) => {
    let loss = crossEntropy({ ...start, weights }, { steps, slates }, gradient);
    for (let k = 0; k < weights.length; k++) {
      const distance = weights[k]! - start.weights[k]!;
      loss += anchor * distance * distance;
      gradient[k]! += 2 * anchor * distance;
    }
    return loss;
  };
  const { x } = minimise(evaluate, start.weights, { iterations: 25, tolerance: 1e-4 });
  return { ...start, weights: x };
}
