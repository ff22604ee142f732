import { expect, test } from "vitest";
import { clusterCategory, marginalWeights } from "./marginal-weights.ts";

// Two rows over three actions; actions 0 and 1 are of one cluster.
const policies = {
  target: Float64Array.of(0.5, 0.3, 0.2, 0, 0.1, 0.9),
  logging: Float64Array.of(0, 0.4, 0.6, 0.25, 0.25, 0.5),
};
const clusters = clusterCategory(Int32Array.of(1, 2), Int32Array.of(0, 0, 1));

test("a cluster's weight is its probability under the target over that under the logging policy", () => {
  // Row 0 showed cluster 0: 0.8/0.4, though action 0 was never logged; row 1 showed cluster 1: 0.9/0.5.
  const weights = marginalWeights(policies, [clusters]);
  expect(weights[0]).toBeCloseTo(2, 14);
  expect(weights[1]).toBeCloseTo(1.8, 14);
});

test("weights of several categories multiply", () => {
  const same = marginalWeights(policies, [clusters, clusters]);
  expect(same[0]).toBeCloseTo(4, 14);
});

test.each([
  [
    "a table of another shape",
    { ...policies, target: new Float64Array(5) },
    clusters,
    "target must have rows × actions = 6 entries, got 5",
  ],
  [
    "a value that is none",
    policies,
    { ...clusters, observed: Int32Array.of(0, 2) },
    "category.observed must be an index below 2, got 2 at row 1",
  ],
  [
    "a category that is no distribution",
    policies,
    { ...clusters, probabilities: new Float64Array(6) },
    "category.probabilities must be ≥ 0 and sum to one",
  ],
  [
    "a category that was never shown",
    { ...policies, logging: Float64Array.of(0, 0, 1, 0, 0, 1) },
    clusters,
    "logging must give the shown category a probability above 0, got 0 at row 0",
  ],
])("%s is refused", (_, given, category, message) => {
  expect(() => marginalWeights(given, [category])).toThrow(message);
});
