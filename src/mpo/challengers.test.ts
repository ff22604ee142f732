import { describe, expect, test } from "vitest";
import type { ChallengerSetting } from "../domain/improvement-record.ts";
import { klDivergence, logSumExp, normaliseLogs } from "../numeric/log-probabilities.ts";
import {
  advantages,
  challengerLogs,
  referenceLogs,
  solveTemperature,
  tilt,
} from "./challengers.ts";
import { bootstraps, type RowScores, rewardMoments } from "./row-scores.ts";
import { trustRegionTarget, withoutFloor } from "./trust-region.ts";

const softmaxOnReward: ChallengerSetting = {
  name: "softmax",
  klRadius: 1,
  pessimism: 0,
  discriminator: 0,
  proximity: 0,
  memory: [0.25, 0.75],
};

/** Three candidates, two memories with two bootstraps each. */
const scores: RowScores = {
  logPolicy: Float64Array.of(0.5, 0.3, 0.2).map(Math.log),
  rewardHeads: [
    Float64Array.of(0.1, 0.5, 0.4),
    Float64Array.of(0.3, 0.5, 0.0),
    Float64Array.of(0.6, 0.2, 0.4),
    Float64Array.of(0.6, 0.4, 0.4),
  ],
  discriminator: Float64Array.of(-1, 2, 7),
};
/** Q̄ = ¼·(0.2, 0.5, 0.2) + ¾·(0.6, 0.3, 0.4). */
const meanReward = [0.5, 0.35, 0.35];

const expectClose = (actual: ArrayLike<number>, expected: readonly number[]) => {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, 12);
};

test("rewards are averaged by memory, and their variance is that of the two bootstraps", () => {
  expect(scores.rewardHeads.length).toBe(softmaxOnReward.memory.length * bootstraps);
  const { mean, deviation } = rewardMoments(scores, softmaxOnReward.memory);
  expectClose(mean, meanReward);
  // Sample variance of two numbers: (x − y)²/2.
  const variance = [0.25 * 0.02, 0.75 * 0.02, 0.25 * 0.08];
  expectClose(deviation, variance.map(Math.sqrt));
});

test("advantages take off uncertainty and add the clipped discriminator in units of the rewards' spread", () => {
  const setting = { ...softmaxOnReward, pessimism: 2, discriminator: 0.5 };
  // Standard deviation of 0.5, 0.35, 0.35.
  const spread = Math.sqrt(0.005);
  const deviation = [0.005, 0.015, 0.02].map(Math.sqrt);
  const guide = [-1, 2, 3];
  expectClose(
    advantages(scores, setting),
    meanReward.map((value, a) => value - 2 * deviation[a]! + 0.5 * spread * guide[a]!),
  );
});

test("the discriminator counts for nothing where all rewards are alike", () => {
  const flat = { ...scores, rewardHeads: scores.rewardHeads.map(() => Float64Array.of(1, 1, 1)) };
  expectClose(advantages(flat, { ...softmaxOnReward, discriminator: 5 }), [1, 1, 1]);
});

test("without proximity and discriminator the challenger is softmax of Q̄/η", () => {
  const logs = challengerLogs(scores, softmaxOnReward, { temperature: 0.1 });
  const weights = meanReward.map((value) => Math.exp(value / 0.1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  expectClose(
    logs.map(Math.exp),
    weights.map((weight) => weight / total),
  );
});

test("with proximity 1 and no advantage the challenger is the serving policy with a floor", () => {
  const flat = { ...scores, rewardHeads: scores.rewardHeads.map(() => Float64Array.of(1, 1, 1)) };
  const logs = challengerLogs(flat, { ...softmaxOnReward, proximity: 1 }, { temperature: 0.1 });
  expect(klDivergence(scores.logPolicy, logs)).toBeLessThan(1e-3);
});

test("a challenger gives every candidate something, also one that the serving policy gave up", () => {
  const certain = { ...scores, logPolicy: Float64Array.of(0, -800, -800) };
  for (const proximity of [0, 0.5, 1]) {
    const logs = challengerLogs(certain, { ...softmaxOnReward, proximity }, { temperature: 1e-4 });
    expect(logs.every((value) => Number.isFinite(value) && Math.exp(value) > 0)).toBe(true);
  }
  expect(referenceLogs(certain.logPolicy, 0).map(Math.exp)[1]).toBeCloseTo(1 / 3, 14);
});

test("log-sum-exp neither overflows nor underflows", () => {
  expect(logSumExp([1e4, 1e4])).toBeCloseTo(1e4 + Math.LN2, 10);
  expect(logSumExp([-1e4, -1e4])).toBeCloseTo(-1e4 + Math.LN2, 10);
  expectClose(normaliseLogs(Float64Array.of(1e4, -1e4)), [0, -2e4]);
});

describe("Kullback–Leibler divergence", () => {
  const logs = (...probabilities: readonly number[]) => Float64Array.from(probabilities, Math.log);

  test("agrees with a computation by hand, in nats", () => {
    const expected = 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75);
    expect(klDivergence(logs(0.5, 0.5), logs(0.25, 0.75))).toBeCloseTo(expected, 14);
    expect(klDivergence(logs(0.5, 0.5), logs(0.5, 0.5))).toBe(0);
  });

  test("a choice without probability adds nothing", () => {
    expect(klDivergence(logs(1, 0), logs(0.25, 0.75))).toBeCloseTo(Math.log(4), 14);
  });
});

describe("trust region", () => {
  const served = Float64Array.of(0.5, 0.25, 0.25);
  const mixture = Float64Array.of(0.1, 0.1, 0.8);

  test("a mixture that its own evidence can judge is the target itself", () => {
    // The largest weight is 0.8/0.25.
    expectClose(trustRegionTarget(served, mixture, 1 / 3.3), [...mixture]);
  });

  test("beyond that a choice has its largest weight, and the others share the rest as in the mixture", () => {
    expectClose(trustRegionTarget(served, mixture, 0.5), [0.25, 0.25, 0.5]);
  });

  test("choices that come to their limits by the rest of others stay there", () => {
    // 0.92 is cut to 0.3. Of the rest 0.07/0.08 would be 0.61, and 2 × 0.25 is the limit.
    const target = trustRegionTarget(
      Float64Array.of(0.15, 0.25, 0.6),
      Float64Array.of(0.92, 0.07, 0.01),
      0.5,
    );
    expectClose(target, [0.3, 0.5, 0.2]);
  });

  test("a mixture of a single choice leaves the rest where it is served", () => {
    const target = trustRegionTarget(Float64Array.of(0.1, 0.3, 0.6), Float64Array.of(1, 0, 0), 0.5);
    expectClose(target, [0.2, 0.8 / 3, 1.6 / 3]);
  });

  test("a mixture that is the served policy already is no step at all", () => {
    expectClose(trustRegionTarget(served, served, 0.9), [...served]);
  });

  test("a mixture that gives a candidate up is no obstacle", () => {
    expectClose(trustRegionTarget(served, Float64Array.of(1, 0, 0), 0.1), [1, 0, 0]);
  });
});

describe("without its exploration floor", () => {
  test("a target gives itself once the floor is put back", () => {
    const exploration = 0.2;
    const target = Float64Array.of(0.6, 0.3, 0.1);
    const policy = withoutFloor(target, exploration);
    expectClose(
      policy.map((value) => (1 - exploration) * value + exploration / 3),
      [0.6, 0.3, 0.1],
    );
  });

  test("a target below the floor comes as near to it as a policy can, and stays positive", () => {
    const policy = withoutFloor(Float64Array.of(0.95, 0.04, 0.01), 0.3);
    expect(policy.every((value) => value > 0)).toBe(true);
    expect(policy.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
    expect(policy[0]).toBeGreaterThan(0.99);
  });

  test("full exploration leaves any policy finite", () => {
    const policy = withoutFloor(Float64Array.of(0.5, 0.5), 1);
    expect(policy.every(Number.isFinite)).toBe(true);
    expect(policy[0]).toBeCloseTo(0.5, 12);
  });
});

test("tilting is not thrown off by advantages of any size", () => {
  const reference = Float64Array.of(0.25, 0.75).map(Math.log);
  const [worse = 0, better = 0] = tilt(reference, Float64Array.of(-1e6, 1e6), 1e-4);
  expect(better).toBeCloseTo(0, 6);
  expect(Number.isFinite(worse)).toBe(true);
});

test.each([1, 1e-2, 1e-4])(
  "values in units of %d change the temperature, not how far it goes",
  (unit) => {
    const probabilities = new Float64Array(100).fill(0.01);
    const advantage = probabilities.map((_, a) => unit * Math.sqrt(a / 100));
    const reference = probabilities.map(Math.log);
    const temperature = solveTemperature([{ probabilities, advantage }], 2.5);
    expect(klDivergence(tilt(reference, advantage, temperature), reference)).toBeCloseTo(2.5, 3);
  },
);
