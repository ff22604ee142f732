import type { ModelledFeedback } from "../../src/evaluation/logged-feedback.ts";
import { weighFeedback } from "../../src/evaluation/logged-feedback.ts";
import type { RandomStream } from "../../src/numeric/random.ts";

// A bandit of two equally likely contexts and four actions, small enough to enumerate.
// Probabilities are eighths and expected rewards quarters, so that a finite log can hold every outcome exactly.

const loggingPolicy = [
  [4 / 8, 2 / 8, 1 / 8, 1 / 8],
  [1 / 8, 1 / 8, 4 / 8, 2 / 8],
];
const targetPolicy = [
  [1 / 8, 1 / 8, 2 / 8, 4 / 8],
  [2 / 8, 4 / 8, 1 / 8, 1 / 8],
];
const expectedRewards = [
  [1 / 4, 2 / 4, 3 / 4, 1 / 4],
  [2 / 4, 0, 1 / 4, 3 / 4],
];
const wrongModel = [
  [0.9, 0.1, 0.4, 0.6],
  [0, 0.8, 0.3, 0.2],
];

export type RewardModel = "true" | "wrong";

const policyValue = (policy: readonly number[], rewards: readonly number[]) =>
  policy.reduce((sum, probability, action) => sum + probability * rewards[action]!, 0);

/** True value of the target policy. */
export const targetValue: number =
  (policyValue(targetPolicy[0]!, expectedRewards[0]!) +
    policyValue(targetPolicy[1]!, expectedRewards[1]!)) /
  2;

interface Outcome {
  readonly context: number;
  readonly action: number;
  readonly reward: number;
}

function toFeedback(outcomes: readonly Outcome[], model: RewardModel): ModelledFeedback {
  const modelled = model === "true" ? expectedRewards : wrongModel;
  const fill = (value: (outcome: Outcome) => number) => Float64Array.from(outcomes, value);
  return weighFeedback(
    {
      rewards: fill(({ reward }) => reward),
      propensities: fill(({ context, action }) => loggingPolicy[context]![action]!),
    },
    {
      targetProbabilities: fill(({ context, action }) => targetPolicy[context]![action]!),
      directValues: fill(({ context }) => policyValue(targetPolicy[context]!, modelled[context]!)),
      predictions: fill(({ context, action }) => modelled[context]![action]!),
    },
  );
}

/** Every context, action and reward as often as its probability says: averages over it are expectations. */
export function enumerateFeedback(model: RewardModel): ModelledFeedback {
  const outcomes: Outcome[] = [];
  for (const [context, policy] of loggingPolicy.entries()) {
    for (const [action, probability] of policy.entries()) {
      const ones = 4 * expectedRewards[context]![action]!;
      for (let copy = 0; copy < 8 * probability; copy++) {
        for (let part = 0; part < 4; part++) {
          outcomes.push({ context, action, reward: part < ones ? 1 : 0 });
        }
      }
    }
  }
  return toFeedback(outcomes, model);
}

/** Index drawn from a distribution. */
function draw(distribution: readonly number[], random: RandomStream): number {
  let left = random.uniform();
  const index = distribution.findIndex((probability) => {
    left -= probability;
    return left < 0;
  });
  return index < 0 ? distribution.length - 1 : index;
}

export function simulateFeedback(
  rows: number,
  model: RewardModel,
  random: RandomStream,
): ModelledFeedback {
  const outcomes = Array.from({ length: rows }, () => {
    const context = random.integer(2);
    const action = draw(loggingPolicy[context]!, random);
    const reward = random.uniform() < expectedRewards[context]![action]! ? 1 : 0;
    return { context, action, reward };
  });
  return toFeedback(outcomes, model);
}
