import { describe, expect, test } from "vitest";
import { EngineError } from "../../domain/errors.ts";
import { weighFeedback } from "../logged-feedback.ts";
import type { Estimator } from "./estimator.ts";
import type { EvaluatedFeedback } from "./evaluated-feedback.ts";
import { estimators, getEstimator } from "./registry.ts";

/** w = 1, ½, 8, 0; the target is certain of the first action alone. */
function sample(rewards: readonly number[] = [1, 0, 1, 0]): EvaluatedFeedback {
  return weighFeedback(
    {
      rewards: Float64Array.from(rewards),
      propensities: Float64Array.of(1, 0.5, 0.1, 0.5),
    },
    {
      targetProbabilities: Float64Array.of(1, 0.25, 0.8, 0),
      directValues: Float64Array.of(0.5, 0.5, 0.25, 0.25),
      predictions: Float64Array.of(0.5, 0, 0.5, 0.5),
      marginalWeights: Float64Array.of(1, 2, 0.5, 0),
      balancingWeights: Float64Array.of(4, 1, 1, 0),
    },
  );
}

const value = (name: string, parameter?: number) =>
  getEstimator(name).estimate(sample(), parameter === undefined ? {} : { parameter })?.value;

// μ has mean 0.375; w·(r − q̂) is 0.5, 0, 4, 0.
test.each<[string, number | undefined, number]>([
  ["replay", undefined, 1],
  ["ips", undefined, 9 / 4],
  ["ips", 2, 3 / 4],
  ["snips", undefined, 9 / 9.5],
  ["sg-ips", 0.5, (1 + 8 / 4.5) / 4],
  ["sg-ips", 1, 2 / 4],
  ["ls", 0, 9 / 4],
  ["ls", 2, (Math.log(3) + Math.log(17)) / 2 / 4],
  ["b-ips", undefined, 5 / 6],
  ["b-ips", 1, 2 / 3],
  ["mips", undefined, 1.5 / 4],
  ["snmips", undefined, 1.5 / 3.5],
  ["dm", undefined, 0.375],
  ["dr", undefined, 0.375 + 4.5 / 4],
  ["dr", 2, 0.375 + 1.5 / 4],
  ["sndr", undefined, 0.375 + 4.5 / 9.5],
  ["switch-dr", 8, 0.375 + 4.5 / 4],
  ["switch-dr", 7.9, 0.375 + 0.5 / 4],
  ["dros", Number.POSITIVE_INFINITY, 0.375 + 4.5 / 4],
  ["dros", 2, 0.375 + ((2 / 3) * 0.5 + (16 / 66) * 0.5) / 4],
  ["dros", 0, 0.375],
  ["sg-dr", 0.5, 0.375 + (0.5 + (8 / 4.5) * 0.5) / 4],
])("%s with parameter %d is what its formula says", (name, parameter, expected) => {
  expect(value(name, parameter)).toBeCloseTo(expected, 14);
});

describe.each(estimators)("$name", (estimator) => {
  test("a log whose rewards are all zero is worth 0 without a model, with an interval of width 0", () => {
    const estimate = estimator.estimate({
      ...sample([0, 0, 0, 0]),
      predictions: new Float64Array(4),
      directValues: new Float64Array(4),
    });
    expect(estimate?.value).toBe(0);
    // Replay has one row that matches, which tells nothing of its spread.
    expect(estimate?.standardError).toBe(
      estimator.name === "replay" ? Number.POSITIVE_INFINITY : 0,
    );
  });

  test("its neutral parameter is what it uses where none is given", () => {
    const { parameter } = estimator;
    if (parameter === undefined) return;
    expect(estimator.estimate(sample(), { parameter: parameter.neutral })).toEqual(
      estimator.estimate(sample()),
    );
    expect(parameter.grid[0]).toBe(parameter.neutral);
  });

  test("without a row that it could use it has no estimate, or one without certainty", () => {
    const zero = new Float64Array(4);
    const estimate = estimator.estimate({
      ...sample(),
      importanceWeights: zero,
      targetProbabilities: zero,
      marginalWeights: zero,
      balancingWeights: zero,
    });
    if (estimator.selfNormalised) expect(estimate).toBeUndefined();
    else if (estimator.weights === "none")
      expect(Number.isFinite(estimate?.standardError)).toBe(true);
    else expect(estimate?.standardError).toBe(Number.POSITIVE_INFINITY);
  });
});

function refusal(call: () => unknown): EngineError {
  try {
    call();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const refuses = (name: string, parameter: number): string => {
  const estimator: Estimator = getEstimator(name);
  const error = refusal(() => estimator.estimate(sample(), { parameter }));
  expect(error.code).toBe("invalid_request");
  return error.message;
};

test("a parameter out of its range, or where there is none to set, is refused", () => {
  expect(refuses("ips", -1)).toBe(
    "weightClip must be ≥ 0, got -1; Infinity leaves the weights as they are",
  );
  expect(refuses("switch-dr", Number.NaN)).toMatch("threshold must be ≥ 0, got NaN");
  expect(refuses("sg-ips", 1.1)).toMatch("shrinkage must be in [0, 1], got 1.1");
  expect(refuses("snips", 3)).toBe("snips has no parameter, got 3; leave it out");
});

test("input that is missing is named", () => {
  const { balancingWeights: _, ...rest } = sample();
  expect(refusal(() => getEstimator("b-ips").estimate(rest)).message).toBe(
    "b-ips needs balancingWeights, got none; pass it with the target or choose another estimator",
  );
});

test("logarithmic smoothing refuses a negative reward", () => {
  expect(refusal(() => getEstimator("ls").estimate(sample([1, 0, -2, 0]))).details).toEqual({
    field: "rewards",
    row: 2,
    value: -2,
  });
});

test("weights too small for their sums count as none", () => {
  const tiny = { ...sample(), importanceWeights: new Float64Array(4).fill(5e-324) };
  expect(getEstimator("snips").estimate(tiny)).toBeUndefined();
});

test("an unknown name is refused with those that are known", () => {
  expect(refusal(() => getEstimator("ipw")).message).toMatch(
    /^no estimator 'ipw'; choose one of replay, ips, /,
  );
});
