import { expect, test } from "vitest";
import { simulateFeedback } from "../../../tests/support/simulated-bandit.ts";
import { createRandom } from "../../numeric/random.ts";
import { numberClusters } from "../clusters.ts";
import { getEstimator } from "../estimators/registry.ts";
import { acceptBySlope } from "./slope.ts";
import { tuneEstimator } from "./tune-estimator.ts";

const feedback = simulateFeedback(500, "wrong", createRandom(3));

test("SLOPE takes narrower candidates as long as they agree with all wider ones", () => {
  const candidates = [
    { value: 1, width: 0.5 },
    { value: 1.4, width: 0.2 },
    { value: 0.2, width: 0.1 },
    { value: 1, width: 0.05 },
  ];
  // |0.2 − 1.4| > 0.1 + 1.449·0.2, and the ones after a refused one are ignored.
  expect(acceptBySlope([...candidates].reverse())).toEqual(candidates.slice(0, 2));
});

test("a candidate that is NaN is never taken", () => {
  expect(
    acceptBySlope([
      { value: 1, width: 1 },
      { value: Number.NaN, width: 0.5 },
    ]),
  ).toHaveLength(1);
});

test.each(["slope", "estimated-error"] as const)(
  "%s chooses from the estimator's own grid",
  (method) => {
    const estimator = getEstimator("dros");
    const { parameter, estimate, candidates } = tuneEstimator(estimator, feedback, { method });
    expect(candidates.map((one) => one.parameter)).toEqual(estimator.parameter?.grid);
    expect(estimate).toEqual(estimator.estimate(feedback, { parameter }));
  },
);

test("the estimated error is least for the parameter chosen", () => {
  const { parameter, candidates } = tuneEstimator(getEstimator("ips"), feedback, {
    method: "estimated-error",
  });
  const best = Math.min(...candidates.map(({ score }) => score));
  expect(candidates.find((one) => one.parameter === parameter)?.score).toBe(best);
});

test.each([
  [
    "an estimator without a parameter",
    "snips",
    feedback,
    {},
    "snips has no parameter that can be tuned",
  ],
  ["a self-normalised one", "b-ips", feedback, {}, "b-ips has no parameter that can be tuned"],
  ["an empty grid", "ips", feedback, { grid: [] }, "grid must hold at least one value, got none"],
  [
    "one user",
    "ips",
    { ...feedback, clusters: numberClusters(500, new Int32Array(500)) },
    {},
    "tuning needs at least 2 users, got 1",
  ],
])("%s is refused", (_, name, given, options, message) => {
  expect(() => tuneEstimator(getEstimator(name), given, { method: "slope", ...options })).toThrow(
    message,
  );
});
