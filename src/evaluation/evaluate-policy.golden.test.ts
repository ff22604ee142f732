import { describe, expect, test } from "vitest";
import {
  expectClose,
  expectGoldenEstimates,
  expectGoldenInterval,
  type GoldenEstimate,
  type GoldenInterval,
  readGolden,
} from "../../tests/golden/read-golden.ts";
import { evaluatePolicy } from "./evaluate-policy.ts";

type Kind = "binary" | "continuous";

const golden = readGolden<{
  propensities: number[];
  rewards: Record<Kind, number[]>;
  predictions: Record<Kind, number[]>;
  targets: Record<
    string,
    {
      targetProbabilities: number[];
      directValues: Record<Kind, number[]>;
      diagnostics: Record<
        "effectiveSampleSize" | "largestWeight" | "meanWeight" | "supportedRows",
        number
      >;
      expected: Record<Kind, { estimates: GoldenEstimate[]; snipsDeltaMethod: GoldenInterval }>;
    }
  >;
}>("bandit.json");

const tolerance = 1e-10;

describe.each(Object.entries(golden.targets))("obp 0.5.5, target %s", (_, target) => {
  describe.each(["binary", "continuous"] as const)("%s reward", (kind) => {
    const evaluate = (weightClip: number) =>
      evaluatePolicy(
        {
          rewards: Float64Array.from(golden.rewards[kind]),
          propensities: Float64Array.from(golden.propensities),
        },
        {
          targetProbabilities: Float64Array.from(target.targetProbabilities),
          directValues: Float64Array.from(target.directValues[kind]),
          predictions: Float64Array.from(golden.predictions[kind]),
        },
        { weightClip },
      );
    const { estimates, snipsDeltaMethod } = target.expected[kind];

    test("IPS, SNIPS, DM and DR with their variances agree to 1e-10", () => {
      expectGoldenEstimates(estimates, evaluate, tolerance);
    });

    test("the delta method's error and interval of SNIPS agree to 1e-10", () => {
      expectGoldenInterval(evaluate(Infinity).estimates.snips, snipsDeltaMethod, tolerance);
    });

    test("the diagnostics agree to 1e-10", () => {
      const { diagnostics } = evaluate(Infinity);
      expectClose(
        diagnostics.effectiveSampleSize,
        target.diagnostics.effectiveSampleSize,
        tolerance,
      );
      expectClose(diagnostics.largestWeight, target.diagnostics.largestWeight, tolerance);
      expectClose(diagnostics.meanWeight, target.diagnostics.meanWeight, tolerance);
      expect(diagnostics.supportedRows).toBe(target.diagnostics.supportedRows);
    });
  });
});
