import { expect, test } from "vitest";
import { describeEstimator } from "../../../tests/conformance/estimator.ts";
import { estimators } from "./registry.ts";

// With neutral parameters every estimator of importance weights is consistent, so it passes the whole suite.
// The direct method is as good as its model: only a true one makes it exact.
for (const { name, weights, estimate } of estimators) {
  if (weights !== "importance" && weights !== "none") continue;
  const model = weights === "none" ? "true" : "wrong";
  describeEstimator({ estimator: name, estimate: (feedback) => estimate(feedback), model });
}

test("names are unique", () => {
  expect(new Set(estimators.map(({ name }) => name)).size).toBe(estimators.length);
});
