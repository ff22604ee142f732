import { describe, expect, test } from "vitest";
import { klDivergence } from "../../numeric/log-probabilities.ts";
import { createRandom } from "../../numeric/random.ts";
import { createBilinearFeatures, emptyScores, scoreOffer } from "./bilinear.ts";
import { discriminatorLoss } from "./discriminator.ts";
import { addSums, ageSums, emptySums, solveRewards, sumChoices } from "./reward-sums.ts";
import { fitPolicy, flatten, policyLogs, targetCrossEntropy, unflatten } from "./softmax-policy.ts";

const random = createRandom(5).split("linear-models");
const table = (rows: number, width: number) => ({
  width,
  values: Float64Array.from({ length: rows * width }, (_, cell) =>
    cell % width === width - 1 ? 1 : random.normal(),
  ),
});
const features = createBilinearFeatures(table(6, 3), table(5, 4));
const start = emptyScores(features);
const drawn = unflatten(
  flatten(start).map(() => 0.5 * random.normal()),
  start,
);
const softmax = (values: number[]) => {
  const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
  return Float64Array.from(values, (value) => Math.exp(value) / total);
};
const offers = Array.from({ length: 12 }, (_, index) => ({
  user: index % 6,
  items: Int32Array.of(index % 5, (index + 1) % 5, (index + 3) % 5),
  target: softmax([random.normal(), 2 * random.normal(), random.normal()]),
  policy: softmax([random.normal(), random.normal(), random.normal()]),
  action: index % 3,
  reward: 0.25 + 0.5 * random.uniform(),
}));

/** Largest difference between a gradient and central differences of its function. */
function gradientError(evaluate: (x: Float64Array, gradient: Float64Array) => number): number {
  const at = flatten(drawn);
  const gradient = new Float64Array(at.length);
  evaluate(at, gradient);
  const errors = at.map((_, index) => {
    const shifted = (by: number) =>
      evaluate(
        at.map((value, other) => (other === index ? value + by : value)),
        new Float64Array(at.length),
      );
    return Math.abs((shifted(1e-5) - shifted(-1e-5)) / 2e-5 - gradient[index]!);
  });
  return Math.max(...errors);
}

describe("the linear policy", () => {
  const loss = (x: Float64Array, into: Float64Array) =>
    targetCrossEntropy(features, unflatten(x, start), { offers, into });

  test("has the exact gradient π − t", () => {
    expect(gradientError(loss)).toBeLessThan(1e-8);
  });

  test("its KL to the target falls with every exact step", () => {
    let at = flatten(drawn);
    const divergence = () =>
      offers.reduce(
        (sum, offer) =>
          sum +
          klDivergence(
            offer.target.map(Math.log),
            policyLogs(features, unflatten(at, start), offer),
          ),
        0,
      );
    for (let step = 0; step < 20; step++) {
      const gradient = new Float64Array(at.length);
      loss(at, gradient);
      const before = divergence();
      at = at.map((value, index) => value - 0.1 * gradient[index]!);
      expect(divergence()).toBeLessThan(before);
    }
  });

  test("a sampled and detached action would have taught it nothing: the expected gradient of log π is zero", () => {
    const into = new Float64Array(flatten(start).length);
    // E_{a∼π} of ∇log π(a): the target is the policy itself, a sample at a time, weighted by its probability.
    for (const offer of offers) {
      const policy = policyLogs(features, drawn, offer).map(Math.exp);
      for (const [a, probability] of policy.entries()) {
        const one = new Float64Array(flatten(start).length);
        const target = Float64Array.from(policy, (_, b) => (b === a ? 1 : 0));
        targetCrossEntropy(features, drawn, { offers: [{ ...offer, target }], into: one });
        for (const [index, value] of one.entries()) into[index]! += probability * value;
      }
    }
    const exact = new Float64Array(into.length);
    loss(flatten(drawn), exact);
    expect(Math.max(...into.map(Math.abs))).toBeLessThan(1e-12);
    expect(Math.max(...exact.map(Math.abs))).toBeGreaterThan(0.01);
  });

  test("fitted, its loss never rises and ends near the targets' entropy where it can represent them", () => {
    const reachable = offers.map((offer) => ({
      ...offer,
      target: policyLogs(features, drawn, offer).map(Math.exp),
    }));
    const { losses, policy } = fitPolicy(features, start, reachable);
    for (const [index, value] of losses.entries())
      expect(value).toBeLessThanOrEqual(losses[index - 1] ?? value);
    const gaps = reachable.map((offer) =>
      klDivergence(offer.target.map(Math.log), policyLogs(features, policy, offer)),
    );
    expect(Math.max(...gaps)).toBeLessThan(0.02);
  });
});

test("the discriminator has the exact gradient of its logistic loss", () => {
  const loss = (x: Float64Array, into: Float64Array) =>
    discriminatorLoss(features, unflatten(x, start), { offers, into });
  expect(gradientError(loss)).toBeLessThan(1e-7);
});

describe("reward heads", () => {
  const choices = Array.from({ length: 400 }, (_, index) => ({
    user: index % 6,
    item: (7 * index) % 5,
    reward: random.uniform() < 0.3 ? 1 : 0,
  }));
  const sums = sumChoices(features, choices, { random: createRandom(8) });

  test("solve the ridge regression: at the solution its gradient is zero", () => {
    // Of the first head, from its own bootstrap counts.
    const counts = createRandom(8);
    const draw = () => counts.integer(2) + counts.integer(2);
    // A pair of heads takes one count.
    const weights = choices.map(() => [draw(), draw(), draw()][0]!);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const mean = choices.reduce((sum, { reward }, i) => sum + weights[i]! * reward, 0) / total;
    const ridge = (1 - mean) / (0.25 * mean);
    const head = solveRewards(features, sums)[0]!;
    const slopes = new Float64Array(head.weights.length);
    const biasSlopes = new Float64Array(5);
    for (const [i, { user, item, reward }] of choices.entries()) {
      const items = Int32Array.of(item);
      const error = weights[i]! * (scoreOffer(features, head, { user, items })[0]! - reward);
      biasSlopes[item]! += error;
      for (let row = 0; row < 3; row++)
        for (let column = 0; column < 4; column++)
          slopes[row * 4 + column]! +=
            error *
            features.users.values[user * 3 + row]! *
            features.items.values[item * 4 + column]!;
    }
    for (const [cell, slope] of slopes.entries())
      expect(slope + ridge * head.weights[cell]!).toBeCloseTo(0, 9);
    for (const [item, slope] of biasSlopes.entries())
      expect(slope + ridge * (head.biases[item]! - mean)).toBeCloseTo(0, 9);
  });

  test("forget by half-life: after three cycles a half-life of three counts a half, an infinite one all", () => {
    const aged = ageSums(ageSums(ageSums(sums)));
    expect(aged[2]![0]).toBeCloseTo(sums[2]![0]! / 2, 12);
    expect(aged[4]).toEqual(sums[4]);
    expect(aged[0]![0]).toBeCloseTo(sums[0]![0]! / 16, 12);
  });

  test("of a memory are fitted to bootstraps whose mean is every choice once", () => {
    const once = sumChoices(features, choices, { heads: 1 })[0]!;
    for (const [cell, value] of once.entries())
      expect((sums[2]![cell]! + sums[3]![cell]!) / 2).toBeCloseTo(value, 9);
    expect(sums[2]).not.toEqual(sums[3]);
  });

  test("of two logs are those of both together, and without any log are zero", () => {
    const twice = addSums(sums, sums);
    expect(twice[3]![1]).toBe(2 * sums[3]![1]!);
    for (const head of solveRewards(features, emptySums(features)))
      expect([...head.weights, ...head.biases].every((value) => value === 0)).toBe(true);
  });
});
