import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleState, sampleViews } from "../../tests/support/policy.ts";
import { normaliseReward } from "../domain/reward-rule.ts";
import { parseConfiguration } from "../engine/configuration/configuration.ts";
import { createRandom, type RandomStream } from "../numeric/random.ts";
import { sampleSlate, slatePropensities } from "../policy/slate.ts";
import { type Examination, estimateExamination, swapProbability } from "./examination.ts";
import type { FeedbackRow } from "./feedback-row.ts";

const seed = 937;
const views = sampleViews(8);
const slateSize = 4;
const truth = (position: number) => 1 / Math.sqrt(1 + position);

/** The positions of one decision as rows. */
function toRows(options: {
  readonly order: readonly number[];
  readonly propensities: readonly number[];
  readonly exploration: number;
  readonly reward: (item: number, position: number) => number;
}): FeedbackRow[] {
  const state = sampleState();
  return options.order.map((item, position) =>
    sampleRow(views.slice(position), {
      state,
      position,
      propensity: options.propensities[position]!,
      exploration: options.exploration,
      reward: options.reward(item, position),
    }),
  );
}

const estimate = (rows: readonly FeedbackRow[], positions: number, defaultReward = 0) =>
  estimateExamination(rows, { positions, defaultReward });

/**
 * A log of a policy that knows the items' values, so the better ones come first.
 * @param earned reward of a seen item of this worth, in [0, 1]
 * @param unseen the same of an item that nobody saw
 */
function simulate(
  decisions: number,
  random: RandomStream,
  earned = (worth: number): number => (random.uniform() < worth ? 1 : 0),
  unseen = 0,
): FeedbackRow[] {
  return Array.from({ length: decisions }, () => {
    const worth = views.map(() => 0.6 * random.uniform());
    const logits = worth.map((value) => 6 * value);
    const slate = sampleSlate({ logits, slateSize, exploration: 0.05, random });
    return toRows({
      order: slate.order,
      propensities: slate.positionPropensities,
      exploration: 0.05,
      reward: (item, position) =>
        random.uniform() < truth(position) ? earned(worth[item]!) : unseen,
    });
  }).flat();
}

/** The mean of log θ̂/θ is within 4 standard errors of 0 at each position, and the errors are as large as stated. */
function expectTruth(estimates: readonly Examination[], largestError: number) {
  for (let k = 1; k < slateSize; k++) {
    const errors = estimates.map(({ values }) => Math.log(values[k]! / truth(k)));
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const stated = estimates.map(({ standardErrors }) => standardErrors[k]!);
    const error = Math.sqrt(stated.reduce((sum, value) => sum + value * value, 0)) / errors.length;
    expect(Math.abs(mean)).toBeLessThan(4 * error);
    // Errors as large as they say: a χ² of 12 degrees of freedom is above 32.9 once in a thousand times.
    const chiSquare = errors.reduce((sum, value, i) => sum + (value / stated[i]!) ** 2, 0);
    expect(chiSquare).toBeLessThan(32.9);
    expect(error).toBeLessThan(largestError);
  }
}

test("the probability of a swap is that of Plackett–Luce with its floor, from logged propensities alone", () => {
  const random = createRandom(seed);
  for (const exploration of [0, 0.05, 0.7, 1]) {
    const logits = views.map(() => 2 * random.normal());
    const slate = sampleSlate({ logits, slateSize, exploration, random });
    const propensities = slate.positionPropensities;
    const rows = toRows({ order: slate.order, propensities, exploration, reward: () => 1 });
    for (let k = 0; k + 1 < slateSize; k++) {
      const order = [...slate.order];
      [order[k], order[k + 1]] = [order[k + 1]!, order[k]!];
      const swapped = slatePropensities({ logits, order, exploration });
      const [one, other] = [propensities, swapped].map((p) => p[k]! * p[k + 1]!);
      const expected = other! / (one! + other!);
      expect(swapProbability(rows[k]!, rows[k + 1]!)).toBeCloseTo(expected, 9);
    }
  }
});

test("slates whose items depend on those above tell nothing of it", () => {
  const rows = simulate(500, createRandom(seed));
  const diversity = { power: 1, featuresOf: views.map(() => []), weights: [] };
  const diverse = rows.map((row) => ({ ...row, diversity }));
  expect(estimate(rows, slateSize).values[3]).toBeLessThan(0.9);
  expect(estimate(diverse, slateSize).values).toEqual([1, 1, 1, 1]);
});

test(`a policy that puts good items first does not pass for examination, 12 logs from seed ${seed}`, () => {
  const estimates = Array.from({ length: 12 }, (_, index) =>
    estimate(simulate(1500, createRandom(seed + index)), 10),
  );
  // Rewards by position alone would say that much less is seen.
  expectTruth(estimates, 0.05);
});

test(`hides and a default above the minimum leave it true on the default feed, 12 logs from seed ${seed}`, () => {
  const rule = parseConfiguration().scenarios.find(({ name }) => name === "feed")!.reward;
  const unseen = normaliseReward(undefined, rule);
  expect(unseen).toBe(0.375);
  const estimates = Array.from({ length: 12 }, (_, index) => {
    const random = createRandom(seed + index);
    // As many hides as clicks at a worth of 0.3: their signed sum would say next to nothing.
    const earned = (worth: number) => {
      const drawn = random.uniform();
      const event = drawn < worth ? "click" : "hide";
      return drawn < 0.6 ? normaliseReward(rule.weights[event], rule) : unseen;
    };
    return estimate(simulate(1500, random, earned, unseen), 10, unseen);
  });
  expectTruth(estimates, 0.05);
});

test("it depends on deviations from the default, not on the range", () => {
  const rows = simulate(300, createRandom(seed));
  const moved = rows.map((row) => ({ ...row, reward: 0.25 + row.reward / 2 }));
  const fallen = rows.map((row) => ({ ...row, reward: 1 - row.reward }));
  const known = estimate(rows, slateSize);
  expect(known.values[3]).toBeLessThan(0.8);
  // Powers of two: no rounding.
  expect(estimate(moved, slateSize, 0.25)).toEqual(known);
  expect(estimate(fallen, slateSize, 1)).toEqual(known);
});

test("positions that were never shown, and slates of one, leave everything as seen", () => {
  const one = estimate([sampleRow(views), sampleRow(views)], 3);
  expect(one.values).toEqual([1, 1, 1]);
  expect(estimate([], 3).values).toEqual([1, 1, 1]);
});

test("a handful of rewards moves it little, and never below the floor or above 1", () => {
  const decision = (rewards: readonly number[]) =>
    toRows({
      order: [0, 1],
      propensities: [1 / 8, 1 / 7],
      exploration: 0,
      reward: (_, position) => rewards[position]!,
    });
  const few = [decision([1, 0]), decision([1, 1])].flat();
  const many = Array.from({ length: 200 }, () => decision([1, 0])).flat();
  expect(estimate(few, 2).values[1]).toBeGreaterThan(0.7);
  const [, rare] = estimate([...many, ...decision([0, 1])], 2).values;
  expect(rare).toBeGreaterThanOrEqual(0.05);
  const risen = Array.from({ length: 200 }, () => decision([0, 1])).flat();
  expect(estimate([...risen, ...few], 2).values[1]).toBe(1);
});
