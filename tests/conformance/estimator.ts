import { describe, expect, test } from "vitest";
import type { Estimate } from "../../src/evaluation/estimate.ts";
import { type ModelledFeedback, weighFeedback } from "../../src/evaluation/logged-feedback.ts";
import { createRandom, type RandomStream, shuffle } from "../../src/numeric/random.ts";
import { meanOf } from "../../src/numeric/statistics.ts";
import {
  enumerateFeedback,
  type RewardModel,
  simulateFeedback,
  targetValue,
} from "../support/simulated-bandit.ts";

export interface EstimatorCase {
  readonly estimator: Estimate["estimator"];
  readonly estimate: (feedback: ModelledFeedback) => Estimate | undefined;
  /** The reward model that it needs to be right: `wrong` where any will do. */
  readonly model: RewardModel;
}

const seed = 20_261;
const rounding = 1e-12;

function onPolicyFeedback(random: RandomStream): ModelledFeedback {
  const rewards = Float64Array.from({ length: 300 }, () => 3 * random.uniform());
  const propensities = rewards.map(() => 0.05 + 0.9 * random.uniform());
  // A model that is right on average and blind to contexts and actions.
  const constant = rewards.map(() => meanOf(rewards));
  return weighFeedback(
    { rewards, propensities },
    { targetProbabilities: propensities, directValues: constant, predictions: constant },
  );
}

function reorder(feedback: ModelledFeedback, random: RandomStream): ModelledFeedback {
  const order = shuffle([...feedback.rewards.keys()], random);
  const pick = (values: Float64Array) => Float64Array.from(order, (row) => values[row]!);
  return {
    rewards: pick(feedback.rewards),
    importanceWeights: pick(feedback.importanceWeights),
    directValues: pick(feedback.directValues),
    predictions: pick(feedback.predictions),
    clusters: {
      index: Int32Array.from(order, (row) => feedback.clusters.index[row]!),
      count: feedback.clusters.count,
    },
  };
}

/** What every off-policy estimator of a policy value must show. */
export function describeEstimator({ estimator, estimate, model }: EstimatorCase): void {
  const estimateSome = (feedback: ModelledFeedback): Estimate => {
    const result = estimate(feedback);
    if (!result) throw new Error(`${estimator} found no support`);
    return result;
  };

  const simulated: Estimate[] = [];
  const repeated = () => {
    const random = createRandom(seed).split(estimator);
    while (simulated.length < 1000) {
      simulated.push(estimateSome(simulateFeedback(250, model, random)));
    }
    return simulated;
  };

  describe(`${estimator}, seed ${seed}`, () => {
    test("on-policy it equals the mean reward", () => {
      const feedback = onPolicyFeedback(createRandom(seed));
      expect(Math.abs(estimateSome(feedback).value - meanOf(feedback.rewards))).toBeLessThan(
        rounding,
      );
    });

    test("the order of the rows does not matter", () => {
      const feedback = simulateFeedback(500, model, createRandom(seed));
      const straight = estimateSome(feedback);
      const shuffled = estimateSome(reorder(feedback, createRandom(seed + 1)));
      expect(Math.abs(shuffled.value - straight.value)).toBeLessThan(rounding);
      expect(Math.abs(shuffled.standardError - straight.standardError)).toBeLessThan(rounding);
    });

    test("it is exact in expectation over every outcome of an enumerable bandit", () => {
      const { value } = estimateSome(enumerateFeedback(model));
      expect(Math.abs(value - targetValue)).toBeLessThan(rounding);
    });

    test("it is unbiased within 4 standard errors over 1,000 logs", () => {
      const values = Float64Array.from(repeated(), ({ value }) => value);
      const centre = meanOf(values);
      const variance = meanOf(values.map((value) => (value - centre) ** 2));
      expect(Math.abs(centre - targetValue)).toBeLessThan(4 * Math.sqrt(variance / values.length));
    });

    test("its 95 % interval covers the truth in 95 % of 1,000 logs, within 4 binomial standard errors", () => {
      const covered = repeated().filter(
        ({ interval }) => interval.lower <= targetValue && targetValue <= interval.upper,
      ).length;
      expect(Math.abs(covered / 1000 - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / 1000));
    });

    test("the value is the mean of its contributions, one a row", () => {
      const { value, contributions, rows } = estimateSome(
        simulateFeedback(500, model, createRandom(seed)),
      );
      expect([rows, contributions.length]).toEqual([500, 500]);
      expect(Math.abs(meanOf(contributions) - value)).toBeLessThan(rounding);
    });
  });
}
