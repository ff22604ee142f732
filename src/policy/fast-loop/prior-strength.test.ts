import { expect, test } from "vitest";
import { addReward, noRewards, priorStrength, widestPrior } from "./prior-strength.ts";

const of = (rewards: readonly number[], widest = widestPrior) =>
  priorStrength(rewards.reduce(addReward, noRewards), widest);
const clicks = (count: number, shown: number) =>
  Array.from({ length: shown }, (_, index) => (index < count ? 1 : 0));

test("frequent rewards have the usual priors", () => {
  expect(of([])).toBe(1);
  for (const count of [240, 500, 998]) expect(of(clicks(count, 998))).toBe(1);
});

test("a rare reward is foretold to one and a half of its mean: the prior weighs in inverse proportion to it", () => {
  // One click and one refusal more are counted: 30 of 1,000.
  expect(of(clicks(29, 998))).toBeCloseTo(((2 / 3) * 0.03 * 0.97) / 0.045 ** 2, 10);
  expect(of(clicks(9, 998)) / of(clicks(29, 998))).toBeCloseTo((0.99 / 0.97) * 3, 10);
});

test("without a bound rare rewards have the usual priors too", () => {
  expect(of(clicks(29, 998), Number.POSITIVE_INFINITY)).toBe(1);
});

test("gains and losses that cancel have the usual priors", () => {
  expect(of([-1], Number.POSITIVE_INFINITY)).toBe(1);
  expect(of([-1])).toBe(1);
});

test("no reward yet is no proof that there are none", () => {
  expect(of(clicks(0, 158))).toBeCloseTo(((2 / 3) * (159 / 160)) / (1.5 ** 2 / 160), 10);
});

test("rewards that hardly differ, such as shares of a range, have the usual priors", () => {
  expect(of(Array.from({ length: 400 }, (_, index) => 0.1 + 0.02 * (index % 2)))).toBe(1);
});
