import { describe, expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import {
  doublyRobustDifference,
  inversePropensityDifference,
  type PairedInput,
  pairedDifference,
  weighPair,
} from "./paired-difference.ts";

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

test("the doubly robust form clips both policies", () => {
  // X_j = 0.4 + 0.25, 0.3 − 1, 0.2 + 1.5; X_0 = 0.2 + 0.5, 0.2 − 0.5, 0.2 + 1.5
  const { difference, standardError, z, servingValue } = pairedDifference(input);
  const differences = [-0.05, -0.4, 0];
  const mean = -0.15;
  expect(difference).toBeCloseTo(mean, 14);
  expect(servingValue).toBeCloseTo((0.7 - 0.3 + 1.7) / 3, 14);
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  expect(standardError).toBeCloseTo(Math.sqrt(squares / 2 / 3), 14);
  expect(z).toBeCloseTo(mean / Math.sqrt(squares / 2 / 3), 12);
  expect(doublyRobustDifference(weighPair(input), 3)).toEqual(pairedDifference(input));
});

test("the inverse propensity form clips the candidate only", () => {
  // 0.5 − 1, 0, 3 − 4
  const { difference, servingValue } = inversePropensityDifference(weighPair(input), 3);
  expect(difference).toBeCloseTo(-0.5, 14);
  expect(servingValue).toBeCloseTo(5 / 3, 14);
});

test("users are clusters", () => {
  const clusters = ["ann", "bob", "ann"];
  const { standardError } = pairedDifference({
    ...input,
    feedback: { ...input.feedback, clusters },
  });
  // Residuals 0.1, −0.25, 0.15: ann 0.25, bob −0.25.
  expect(standardError).toBeCloseTo(Math.sqrt(2 * 2 * 0.25 ** 2) / 3, 14);
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
