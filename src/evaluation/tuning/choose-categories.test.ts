import { expect, test } from "vitest";
import { clusterCategory } from "../estimators/marginal-weights.ts";
import { weighFeedback } from "../logged-feedback.ts";
import { chooseCategories } from "./choose-categories.ts";

const actions = Int32Array.of(0, 1, 2, 1, 0, 2);
const table = Float64Array.from({ length: 18 }, (_, cell) => [0.5, 0.3, 0.2][cell % 3]!);
const policies = { target: table, logging: table };
const categories = [Int32Array.of(0, 0, 1), Int32Array.of(0, 1, 1)].map((clusterOf) =>
  clusterCategory(actions, clusterOf),
);
const feedback = weighFeedback(
  { rewards: Float64Array.of(1, 0, 1, 1, 0, 1), propensities: new Float64Array(6).fill(0.3) },
  { targetProbabilities: new Float64Array(6).fill(0.3) },
);

test.each(["exact", "greedy"] as const)(
  "where all sets agree, %s search ends at a single category",
  (search) => {
    const { chosen, accepted, estimate } = chooseCategories(
      feedback,
      { policies, categories },
      { search },
    );
    expect(chosen).toHaveLength(1);
    expect(accepted[0]).toEqual([0, 1]);
    expect(estimate.value).toBeCloseTo(4 / 6, 14);
  },
);

test("fewer categories than asked for, or one user, are refused", () => {
  const options = { search: "exact", leastCategories: 3 } as const;
  expect(() => chooseCategories(feedback, { policies, categories }, options)).toThrow(
    "choosing categories needs at least 3 of them and 2 users, got 2 and 6",
  );
});
