import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { weighFeedback } from "../logged-feedback.ts";
import type { Estimator } from "./estimator.ts";
import type { EvaluatedFeedback } from "./evaluated-feedback.ts";
import { estimators, getEstimator } from "./registry.ts";

const size = fc.double({ min: 0, max: 100, noNaN: true });
const row = fc.record({
  reward: size,
  propensity: fc.double({ min: 1e-2, max: 1, noNaN: true }),
  targetProbability: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 1e-6, max: 1, noNaN: true })),
  directValue: size,
  prediction: size,
  weight: fc.double({ min: 0, max: 10, noNaN: true }),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

function weigh(list: readonly Row[]): EvaluatedFeedback {
  const column = (key: keyof Row) => Float64Array.from(list, (one) => one[key]);
  return weighFeedback(
    { rewards: column("reward"), propensities: column("propensity") },
    {
      targetProbabilities: column("targetProbability"),
      directValues: column("directValue"),
      predictions: column("prediction"),
      marginalWeights: column("weight"),
      balancingWeights: column("weight"),
    },
  );
}

const settings = ({ parameter }: Estimator) => [
  undefined,
  ...(parameter?.grid ?? []).filter((_, place) => place % 3 === 1),
];
const seed = 43;

/** Values up to 100 with weights up to 100 in up to 60 rows: sums of squares below 1e10, so rounding below 1e-5 of it in variances. */
const closeTo = (actual: number | undefined, expected: number) =>
  Math.abs(Number(actual) - expected) <= 1e-9 * Math.max(1, Math.abs(expected));

describe.each(estimators)("$name as a stream, seed 43", (estimator) => {
  test("gives the array form's value and standard error, however the rows are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...settings(estimator)),
        (chunks, parameter) => {
          const options = parameter === undefined ? {} : { parameter };
          const whole = estimator.estimate(weigh(chunks.flat()), options);
          const stream = estimator.stream(options);
          for (const chunk of chunks) stream.add(weigh(chunk));
          const streamed = stream.result();
          if (whole === undefined || streamed === undefined) return whole === streamed;
          const known = Number.isFinite(whole.standardError);
          return (
            streamed.rows === whole.rows &&
            closeTo(streamed.value, whole.value) &&
            Number.isFinite(streamed.standardError) === known &&
            (!known || closeTo(streamed.standardError ** 2, whole.standardError ** 2))
          );
        },
      ),
      { seed },
    );
  });

  test("says nothing before the first row", () => {
    expect(estimator.stream().result()).toBeUndefined();
  });
});

test("a stream refuses what the array form refuses", () => {
  const stream = getEstimator("ls").stream();
  const row = { propensity: 1, targetProbability: 1, directValue: 0, prediction: 0, weight: 1 };
  expect(() => stream.add(weigh([{ reward: -1, ...row }]))).toThrow(
    "rewards must be ≥ 0 for ls, got -1 at row 0",
  );
  expect(() => getEstimator("ips").stream({ parameter: -1 })).toThrow(
    "weightClip must be ≥ 0, got -1",
  );
});
