import { describe, expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import { createRandom } from "../numeric/random.ts";
import { censoredDifference } from "./censored-difference.ts";
import {
  doublyRobustDifference,
  limitWeights,
  type PairedInput,
  weighPair,
} from "./feedback-pair.ts";
import { differenceCovariance, pairedDifference } from "./paired-difference.ts";

// w_0 = 1, 1, 4; w_j = 0.5, 2, 8; clip 3.
const input: PairedInput = {
  feedback: {
    rewards: Float64Array.of(1, 0, 1),
    propensities: Float64Array.of(0.4, 0.4, 0.1),
  },
  predictions: Float64Array.of(0.5, 0.5, 0.5),
  serving: {
    targetProbabilities: Float64Array.of(0.4, 0.4, 0.4),
    directValues: Float64Array.of(0.2, 0.2, 0.2),
  },
  candidate: {
    targetProbabilities: Float64Array.of(0.2, 0.8, 0.8),
    directValues: Float64Array.of(0.4, 0.3, 0.2),
  },
  weightClip: 3,
};

test("challengers are compared with the serving policy at the same clip", () => {
  // X_j = 0.4 + 0.25, 0.3 − 1, 0.2 + 1.5; X_0 = 0.2 + 0.5, 0.2 − 0.5, 0.2 + 1.5
  const { difference, servingValue } = pairedDifference(input);
  const differences = [-0.05, -0.4, 0];
  const mean = -0.15;
  expect(difference).toBeCloseTo(mean, 14);
  expect(servingValue).toBeCloseTo((0.7 - 0.3 + 1.7) / 3, 14);
  const { standardError, z } = doublyRobustDifference(weighPair(input), 3);
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  expect(standardError).toBeCloseTo(Math.sqrt(squares / 2 / 3), 14);
  expect(z).toBeCloseTo(mean / Math.sqrt(squares / 2 / 3), 12);
});

test("a challenger's error is no smaller than if its differing rows had the spread of all rows", () => {
  // Residuals ±0.5 with mean 1/6; w_j − w_0 = −0.5, 1, 0.
  const least = Math.sqrt((2 / 9) * 1.25) / 3;
  const { difference, standardError, z } = pairedDifference(input);
  expect(standardError).toBeCloseTo(least, 14);
  expect(z).toBeCloseTo(difference / least, 12);
  const rewards = Float64Array.of(1, 0, 0.5);
  const even = { ...input, feedback: { ...input.feedback, rewards } };
  // Where the own error is larger it stays: residuals 0.5, −0.5, 0 have a variance of 1/6.
  const own = doublyRobustDifference(weighPair(even), 3).standardError;
  const pooled = Math.sqrt((1 / 6) * 1.25) / 3;
  expect(pairedDifference(even).standardError).toBeCloseTo(Math.max(own, pooled), 14);
});

test("the gate's doubly robust form never clips the serving policy, and a candidate below it neither", () => {
  // w_0 = 4 is beyond the clip: the candidate's 8 counts as 4. X_j − X_0 = −0.05, −0.4, 0.
  const { difference, servingValue } = doublyRobustDifference(weighPair(input), 3);
  expect(difference).toBeCloseTo(-0.15, 14);
  expect(servingValue).toBeCloseTo((0.7 - 0.3 + 2.2) / 3, 14);
  expect([...limitWeights(weighPair(input), 3)]).toEqual([0.5, 2, 4]);
});

describe("the censored form", () => {
  test("fills what the clip cuts off with the serving policy's value, less what it may lose", () => {
    const checked = {
      mass: Float64Array.of(1, 0.8, 0.5),
      values: Float64Array.of(0.4, 0.2, 0.1),
      uniformWeights: Float64Array.of(1, 0, 1),
    };
    // X_0 = 0.2 + 0.5, 0.2 − 0.5, 0.2 + 2: mean 2.6/3, which is 2/3 above its model.
    // X_j = 0.4 + 0.25, 0.2 − 1 + 0.2·(0.2 + 2/3), 0.1 + 2 + 0.5·(0.2 + 2/3): the last weight is 4, as the serving policy's
    const { difference, servingValue } = censoredDifference(weighPair(input), checked, 3);
    expect(servingValue).toBeCloseTo(2.6 / 3, 14);
    // Beyond the limit is the last row alone, 1 − 2.6/3 above the mean, as is the uniform choice.
    const above = 1 - 2.6 / 3;
    const error = Math.sqrt((2 * above ** 2 + (2.6 / 3) ** 2) / 3 / 2);
    const filled = 0.2 + 2 / 3 - (error - above);
    expect(difference).toBeCloseTo((0.65 - 0.8 + 2.1 + 0.7 * filled - 2.6) / 3, 14);
  });

  // Two actions, p = 0.95 and 0.05; the candidate turns them round, with a weight of 19 that the clip cuts to 4.
  const measure = (rewards: readonly [number, number], believed: readonly [number, number]) => {
    const rows = 20_000;
    const random = createRandom(11);
    const actions = Array.from({ length: rows }, () => (random.uniform() < 0.05 ? 1 : 0));
    const by = (first: number, second: number) =>
      Float64Array.from(actions, (action) => (action === 0 ? first : second));
    const constant = (value: number) => new Float64Array(rows).fill(value);
    const pair = weighPair({
      feedback: {
        rewards: Float64Array.from(actions, (action) =>
          random.uniform() < rewards[action]! ? 1 : 0,
        ),
        propensities: by(0.95, 0.05),
      },
      predictions: by(...believed),
      serving: {
        targetProbabilities: by(0.95, 0.05),
        directValues: constant(0.95 * believed[0] + 0.05 * believed[1]),
      },
      candidate: {
        targetProbabilities: by(0.05, 0.95),
        directValues: constant(0.05 * believed[0] + 0.95 * believed[1]),
      },
      weightClip: 4,
    });
    const values = constant(0.05 * believed[0] + 0.2 * believed[1]);
    const checked = { mass: constant(0.25), values, uniformWeights: constant(1) };
    return {
      censored: censoredDifference(pair, checked, 4),
      doublyRobust: doublyRobustDifference(pair, 4),
    };
  };

  test("a candidate without a gain shows none, whatever the model hopes of it; the doubly robust form repeats the hope", () => {
    const { censored, doublyRobust } = measure([0.3, 0.3], [0.4, 0.9]);
    expect(Math.abs(censored.z)).toBeLessThan(4);
    expect(doublyRobust.z).toBeGreaterThan(50);
  });

  test("of a true gain it shows the part within the clip", () => {
    const { difference, standardError } = measure([0.3, 0.5], [0.1, 0.1]).censored;
    // Σ_a (min(π, c·p) − π_0)·(q − V_0) with V_0 = 0.31.
    const expected = (0.05 - 0.95) * (0.3 - 0.31) + (0.2 - 0.05) * (0.5 - 0.31);
    expect(Math.abs(difference - expected)).toBeLessThan(4 * standardError);
    expect(difference).toBeGreaterThan(3 * standardError);
  });

  test("its error includes that of the mass beyond the clip, of which few rows tell", () => {
    const { censored, doublyRobust } = measure([0.3, 0.5], [0.1, 0.1]);
    // 0.75 of the mass, some thousand rows of variance 0.25.
    const beyond = 0.75 * Math.sqrt(0.25 / 1000);
    expect(censored.standardError).toBeGreaterThan(
      0.9 * Math.hypot(doublyRobust.standardError, beyond),
    );
  });
});

test("users are clusters", () => {
  const clusters = ["ann", "bob", "ann"];
  const pair = weighPair({ ...input, feedback: { ...input.feedback, clusters } });
  const { standardError } = doublyRobustDifference(pair, 3);
  // Residuals 0.1, −0.25, 0.15: without ann the mean moves by −0.25/1, without bob by 0.25/2.
  expect(standardError).toBeCloseTo(Math.sqrt((1 / 2) * (0.25 ** 2 + 0.125 ** 2)), 14);
});

test("the covariance of two candidates has their errors, and the correlation of their own", () => {
  const other = {
    targetProbabilities: Float64Array.of(0.3, 0.6, 0.3),
    directValues: Float64Array.of(0.1, 0.4, 0.3),
  };
  // Nothing is clipped, so that both policies' weights can change places.
  const unclipped = { ...input, weightClip: 100 };
  const { candidate, ...shared } = unclipped;
  const [first, both, same, second] = differenceCovariance({
    ...shared,
    candidates: [candidate, other],
  });
  expect(first).toBeCloseTo(pairedDifference(unclipped).standardError ** 2, 14);
  expect(second).toBeCloseTo(
    pairedDifference({ ...unclipped, candidate: other }).standardError ** 2,
    14,
  );
  expect(same).toBe(both);
  const variance = (changes: Partial<PairedInput>) =>
    doublyRobustDifference(weighPair({ ...unclipped, ...changes }), 100).standardError ** 2;
  const [one, two] = [variance({}), variance({ candidate: other })];
  const between = variance({ serving: other });
  const correlation = (one + two - between) / 2 / Math.sqrt(one * two);
  expect(both! / Math.sqrt(first! * second!)).toBeCloseTo(correlation, 12);
});

describe("no evidence is a z of 0", () => {
  test("a policy does not differ from itself", () => {
    const same = { ...input, candidate: input.serving };
    expect(pairedDifference(same)).toMatchObject({ difference: 0, standardError: 0, z: 0 });
  });

  test("one user cannot show a difference", () => {
    const clusters = Int32Array.of(5, 5, 5);
    const one = pairedDifference({ ...input, feedback: { ...input.feedback, clusters } });
    expect(one.standardError).toBe(Number.POSITIVE_INFINITY);
    expect(Math.abs(one.z)).toBe(0);
  });
});

test("a bad array is named with its policy", () => {
  const targetProbabilities = Float64Array.of(0.2, 1.5, 0.8);
  const bad = { ...input, candidate: { ...input.candidate, targetProbabilities } };
  expect(() => pairedDifference(bad)).toThrow(EngineError);
  expect(() => pairedDifference(bad)).toThrow(
    /^candidate\.targetProbabilities must be in \[0, 1\], got 1\.5 at row 1;/,
  );
});
