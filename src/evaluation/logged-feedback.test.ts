import { describe, expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import { type LoggedFeedback, type TargetArrays, weighFeedback } from "./logged-feedback.ts";

const feedback: LoggedFeedback = {
  rewards: Float64Array.of(1, 0, 2),
  propensities: Float64Array.of(0.5, 0.25, 1),
  clusters: ["ann", "bob", "ann"],
};
const target: TargetArrays = {
  targetProbabilities: Float64Array.of(0.25, 0.5, 0),
  directValues: Float64Array.of(0.1, 0.2, 0.3),
  predictions: Float64Array.of(0.4, 0.5, 0.6),
};

function refusal(
  changedFeedback: Partial<LoggedFeedback>,
  changedTarget: Partial<TargetArrays> = {},
): EngineError {
  try {
    weighFeedback({ ...feedback, ...changedFeedback }, { ...target, ...changedTarget });
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("weights are target probability over propensity, and users are numbered as they come", () => {
  const weighted = weighFeedback(feedback, target);
  expect([...weighted.importanceWeights]).toEqual([0.5, 2, 0]);
  expect(weighted.clusters).toEqual({ index: Int32Array.of(0, 1, 0), count: 2 });
  expect(weighted.predictions).toBe(target.predictions);
});

test("without user ids each row is a cluster, with integer ids equal ids are one", () => {
  const { rewards, propensities } = feedback;
  expect(weighFeedback({ rewards, propensities }, target).clusters.count).toBe(3);
  const clusters = Int32Array.of(7, 7, -1);
  expect([...weighFeedback({ ...feedback, clusters }, target).clusters.index]).toEqual([0, 0, 1]);
});

test("a probability of 1 with float32 rounding passes", () => {
  const propensities = Float64Array.of(1 + 1e-7, 1, 1);
  expect(weighFeedback({ ...feedback, propensities }, target).importanceWeights[1]).toBe(0.5);
});

describe("unusable input is refused with field, row, value and remedy", () => {
  const nan = Float64Array.of(0.5, Number.NaN, 0.5);
  const two = Float64Array.of(0.5, 0.5);
  test.each([
    [{ rewards: nan }, {}, { field: "rewards", row: 1, value: Number.NaN }],
    [
      { rewards: Float64Array.of(1, 1, Infinity) },
      {},
      { field: "rewards", row: 2, value: Infinity },
    ],
    [{ propensities: nan }, {}, { field: "propensities", row: 1, value: Number.NaN }],
    [{ propensities: Float64Array.of(0, 1, 1) }, {}, { field: "propensities", row: 0, value: 0 }],
    [
      { propensities: Float64Array.of(1, 1, -0.5) },
      {},
      { field: "propensities", row: 2, value: -0.5 },
    ],
    [
      { propensities: Float64Array.of(1, 1.01, 1) },
      {},
      { field: "propensities", row: 1, value: 1.01 },
    ],
    [
      {},
      { targetProbabilities: Float64Array.of(0, -1e-9, 1) },
      { field: "target.targetProbabilities", row: 1, value: -1e-9 },
    ],
    [
      {},
      { targetProbabilities: nan },
      { field: "target.targetProbabilities", row: 1, value: Number.NaN },
    ],
    [{}, { directValues: nan }, { field: "target.directValues", row: 1, value: Number.NaN }],
    [{}, { predictions: nan }, { field: "target.predictions", row: 1, value: Number.NaN }],
    [{ propensities: two }, {}, { field: "propensities", value: 2, rows: 3 }],
    [{ clusters: ["ann"] }, {}, { field: "clusters", value: 1, rows: 3 }],
    [{}, { targetProbabilities: two }, { field: "target.targetProbabilities", value: 2, rows: 3 }],
    [{}, { directValues: two }, { field: "target.directValues", value: 2, rows: 3 }],
    [{}, { predictions: two }, { field: "target.predictions", value: 2, rows: 3 }],
    [{ rewards: new Float64Array() }, {}, { field: "rewards", value: 0 }],
  ])("%o %o", (changedFeedback, changedTarget, details) => {
    const error = refusal(changedFeedback, changedTarget);
    expect(error.code).toBe("invalid_request");
    expect(error.details).toEqual(details);
    expect(error.message).toMatch(/ must .+, got .+; \w+/);
  });

  test("a zero propensity says what to log", () => {
    expect(refusal({ propensities: Float64Array.of(1, 0, 1) }).message).toBe(
      "propensities must be in (0, 1], got 0 at row 1; log the probability at decision time",
    );
  });

  test("half a reward model names the missing half", () => {
    const { targetProbabilities, directValues, predictions } = target;
    const missing = (half: TargetArrays) => {
      expect(() => weighFeedback(feedback, half, "candidate")).toThrow(EngineError);
      try {
        weighFeedback(feedback, half, "candidate");
      } catch (error) {
        return (error as EngineError).details;
      }
      return undefined;
    };
    expect(missing({ targetProbabilities, directValues: directValues! })).toEqual({
      field: "candidate.predictions",
    });
    expect(missing({ targetProbabilities, predictions: predictions! })).toEqual({
      field: "candidate.directValues",
    });
  });
});
