import { describe, expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { type FittedQInput, fittedQEvaluation } from "./fitted-q.ts";
import { tabularFeatures } from "./tabular-features.ts";
import { sequentialDirectMethod, sequentialDoublyRobust } from "./trajectory-estimators.ts";
import { weighTrajectories } from "./weigh-trajectories.ts";

// A walk over three places with two actions: action 1 climbs (from the top it stays), action 0 returns to place 0. The reward
// is the place. Three steps from place 0; the state that the model sees is step·3 + place.
const length = 3;
const next = (place: number, action: number) => (action === 1 ? Math.min(2, place + 1) : 0);
const target = [
  [0.2, 0.8],
  [0.5, 0.5],
  [0.6, 0.4],
];

function expectedReturn(place: number, step: number, discount: number): number {
  if (step === length) return 0;
  return target[place]!.reduce(
    (sum, p, a) =>
      sum + p * (place + discount * expectedReturn(next(place, a), step + 1, discount)),
    0,
  );
}

function simulate(trajectories: number) {
  const random = createRandom(17);
  const steps: { state: number; place: number; action: number }[] = [];
  for (let i = 0; i < trajectories; i++) {
    for (let step = 0, place = 0; step < length; step++) {
      const action = random.integer(2);
      steps.push({ state: step * 3 + place, place, action });
      place = next(place, action);
    }
  }
  const starts = Int32Array.from({ length: trajectories + 1 }, (_, i) => i * length);
  const rewards = Float64Array.from(steps, ({ place }) => place);
  const actions = Int32Array.from(steps, ({ action }) => action);
  const policies = steps.map(({ place }) => target[place]!);
  const table = tabularFeatures({
    states: Int32Array.from(steps, ({ state }) => state),
    stateCount: 9,
    actions,
    targetDistributions: Float64Array.from(policies.flat()),
  });
  const targetProbabilities = Float64Array.from(policies, (p, row) => p[actions[row]!]!);
  return { rewards, starts, ...table, targetProbabilities };
}

const log = simulate(200);
const one: FittedQInput = {
  rewards: Float64Array.of(1),
  starts: Int32Array.of(0, 1),
  features: Float64Array.of(1),
  expectedFeatures: Float64Array.of(1),
};

test.each([1, 0.9, 0])(
  "a table with steps is exact dynamic programming, discount %s",
  (discount) => {
    const model = fittedQEvaluation({ ...log, discount, ridge: 1e-9 })!;
    expect(model.directValues[0]).toBeCloseTo(expectedReturn(0, 0, discount), 6);
    expect(model.iterations).toBeLessThanOrEqual(length + 1);
  },
);

test("its model takes the variance out of the doubly robust estimate", () => {
  const model = fittedQEvaluation({ ...log, ridge: 1e-9 })!;
  const propensities = log.rewards.map(() => 0.5);
  const { rewards, starts, targetProbabilities } = log;
  const trajectories = weighTrajectories(
    { rewards, starts, propensities },
    { ...model, targetProbabilities },
  );
  const estimate = sequentialDoublyRobust(trajectories)!;
  expect(estimate.value).toBeCloseTo(expectedReturn(0, 0, 1), 6);
  expect(estimate.standardError).toBeLessThan(1e-6);
  expect(sequentialDirectMethod(trajectories)!.value).toBeCloseTo(model.directValues[0]!, 12);
});

test("shared features give the least squares of the targets", () => {
  // One constant feature, two trajectories of one step with rewards 0 and 3: θ = 3/(2 + λ).
  const constant = Float64Array.of(1, 1);
  const model = fittedQEvaluation({
    rewards: Float64Array.of(0, 3),
    starts: Int32Array.of(0, 1, 2),
    features: constant,
    expectedFeatures: constant,
    ridge: 1,
  })!;
  expect(model.coefficients[0]).toBeCloseTo(1, 12);
});

test("an iteration that grows without end gives no model", () => {
  // The target's features are three times the logged ones: θ ← r + 3θ.
  const diverging = {
    rewards: Float64Array.of(1, 1),
    starts: Int32Array.of(0, 2),
    features: Float64Array.of(1, 0),
    expectedFeatures: Float64Array.of(1, 3),
  };
  expect(fittedQEvaluation(diverging)).toBeUndefined();
});

test.each([
  [
    "features that don't fill the rows",
    { features: Float64Array.of() },
    /features must have the same number of columns/,
  ],
  [
    "other expected features",
    { expectedFeatures: Float64Array.of(1, 1) },
    /expectedFeatures must have one entry for each of the 1 features/,
  ],
  ["a NaN", { rewards: Float64Array.of(Number.NaN) }, /rewards must be a finite number/],
  ["starts that don't fit", { starts: Int32Array.of(0, 2) }, /starts must climb/],
  ["a ridge of 0", { ridge: 0 }, /ridge must be above 0/],
  ["a discount of 2", { discount: 2 }, /discount must be in \[0, 1\]/],
])("%s: refused", (_, wrong, message) => {
  expect(() => fittedQEvaluation({ ...one, ...wrong })).toThrow(message);
});

describe("tabularFeatures", () => {
  const steps = {
    states: Int32Array.of(1, 0),
    stateCount: 2,
    actions: Int32Array.of(0, 1),
    targetDistributions: Float64Array.of(0.25, 0.75, 1, 0),
  };

  test("a row has its pair, and its expectation under the target", () => {
    const { features, expectedFeatures } = tabularFeatures(steps);
    expect([...features]).toEqual([0, 0, 1, 0, 0, 1, 0, 0]);
    expect([...expectedFeatures]).toEqual([0, 0, 0.25, 0.75, 1, 0, 0, 0]);
  });

  test.each([
    ["no steps", { states: Int32Array.of() }, /states must have at least one entry/],
    [
      "a state beyond the count",
      { states: Int32Array.of(2, 0) },
      /states must be in 0…1, got 2 at row 0/,
    ],
    [
      "an action beyond the distribution",
      { actions: Int32Array.of(0, 2) },
      /actions must be in 0…1, got 2 at row 1/,
    ],
    [
      "a distribution that doesn't sum to one",
      { targetDistributions: Float64Array.of(0.25, 0.25, 1, 0) },
      /sum of targetDistributions must be 1, got 0.5/,
    ],
    [
      "lengths that differ",
      { actions: Int32Array.of(0) },
      /actions must have one entry for each of the 2 states/,
    ],
  ])("%s: refused", (_, wrong, message) => {
    expect(() => tabularFeatures({ ...steps, ...wrong })).toThrow(message);
  });
});
