import { expect, test } from "vitest";
import { EngineError } from "../domain/errors.ts";
import { gatherTarget, type TargetDistributions } from "./target-distributions.ts";

const actions = Int32Array.of(2, 0);
const probabilities = Float64Array.of(0.1, 0.2, 0.3, 0.2, 0.2, 1, 0, 0, 0, 0);
const predictions = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

test("takes the logged action's probability and prediction, and the model's mean under the target", () => {
  const target = gatherTarget(actions, { probabilities, predictions });
  expect([...target.targetProbabilities]).toEqual([0.3, 1]);
  expect([...target.predictions!]).toEqual([3, 6]);
  // 0.1·1 + 0.2·2 + 0.3·3 + 0.2·4 + 0.2·5
  expect(target.directValues?.[0]).toBeCloseTo(3.2, 14);
  expect(target.directValues?.[1]).toBe(6);
});

test("one action is a distribution too", () => {
  const target = gatherTarget(Int32Array.of(0, 0), { probabilities: Float64Array.of(1, 1) });
  expect(target).toEqual({ targetProbabilities: Float64Array.of(1, 1) });
});

const changed = (index: number, value: number) => probabilities.with(index, value);

test.each<[string, Int32Array, TargetDistributions, object]>([
  [
    "a row that sums to 1.05",
    actions,
    { probabilities: changed(3, 0.25) },
    { field: "probabilities", row: 0 },
  ],
  [
    "a row that sums to 0.9",
    actions,
    { probabilities: changed(5, 0.9) },
    { field: "probabilities", row: 1 },
  ],
  ["NaN", actions, { probabilities: changed(9, Number.NaN) }, { field: "probabilities", row: 1 }],
  [
    "a negative probability",
    actions,
    { probabilities: changed(6, -1e-9) },
    { field: "probabilities", row: 1 },
  ],
  [
    "a negative probability at the end",
    actions,
    { probabilities: changed(4, -0.2) },
    { field: "probabilities", row: 0 },
  ],
  [
    "an action beyond the last",
    Int32Array.of(2, 5),
    { probabilities },
    { field: "actions", row: 1, value: 5 },
  ],
  [
    "a negative action",
    Int32Array.of(-1, 0),
    { probabilities },
    { field: "actions", row: 0, value: -1 },
  ],
  [
    "a length that is no multiple of the rows",
    Int32Array.of(1, 1, 1),
    { probabilities },
    { field: "probabilities", value: 10 },
  ],
  ["no rows", new Int32Array(), { probabilities }, { field: "probabilities" }],
  [
    "predictions of another shape",
    actions,
    { probabilities, predictions: new Float64Array(5) },
    { field: "predictions", value: 5 },
  ],
])("%s is refused by name", (_, given, distributions, details) => {
  const refuse = (whole: TargetDistributions) => {
    try {
      gatherTarget(given, whole);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  // With a model the rows are checked on another path.
  const modelled = { predictions: new Float64Array(distributions.probabilities.length) };
  for (const error of [refuse(distributions), refuse({ ...modelled, ...distributions })]) {
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).code).toBe("invalid_request");
    expect((error as EngineError).details).toMatchObject(details);
  }
});
