import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { evidentPriors, guessPriors, usualPriors } from "./evident-priors.ts";
import { createLinearHead } from "./linear-head.ts";
import { createOwnResiduals } from "./own-residuals.ts";
import { addReward, noRewards } from "./prior-strength.ts";

const nothing = { targets: 0, trace: 0, squares: 0 };
const noMoments = { head: nothing, items: nothing, users: nothing };
const noise = 0.04;
const guess = { head: 20, knownItem: 60, newItem: 40, user: 60, likeness: 20 };
const one = Float64Array.of(1);

/** Of items that differ by a deviation, each shown so often. */
function itemsOf(deviation: number, { items = 300, showings = 60, seed = 1 } = {}) {
  const residuals = createOwnResiduals(1, 1);
  const random = createRandom(seed);
  for (let item = 0; item < items; item++) {
    const own = deviation * random.normal();
    for (let showing = 0; showing < showings; showing++) {
      const target = own + Math.sqrt(noise) * random.normal();
      residuals.update({ id: `${item}`, priorEvents: 15 }, one, target);
    }
  }
  return residuals.moments();
}
const priorOf = (items: ReturnType<typeof itemsOf>, guessed = guess) =>
  evidentPriors(guessed, noise, { ...noMoments, items });

test("before any event the priors are the guess", () => {
  expect(priorOf(nothing)).toEqual(guess);
  expect(guessPriors(noRewards, 1.5)).toEqual(usualPriors);
  // As of one click in a thousand.
  const narrow = { head: 1500, knownItem: 4500, newItem: 3000, user: 4500, likeness: 1500 };
  expect(priorOf(nothing, narrow)).toEqual(narrow);
});

test("items that differ have the prior of their differences", () => {
  // Σx·y of an item has the variance 60·σ² + 60²·τ² = 9.6: the sum of 300 squares has a relative error of √(2/300), and τ² = σ²/100 one of 22 %.
  const { knownItem } = priorOf(itemsOf(Math.sqrt(noise / 100)));
  expect(knownItem).toBeGreaterThan(100 / (1 + 4 * 0.22));
  expect(knownItem).toBeLessThan(100 / (1 - 4 * 0.22));
});

test("items that differ by chance alone get a strong prior, but no endless one", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { knownItem, newItem } = priorOf(itemsOf(0, { seed, showings: 200 }));
    // A deviation of √2·σ²/(200·√300) is 1/2450 of σ²; four of them leave 600 events.
    expect(knownItem).toBeGreaterThan(600);
    expect(knownItem).toBeLessThanOrEqual(2000);
    expect(newItem).toBe(guess.newItem);
  }
});

test("few events hardly change the guess, and none makes a prior wider than the usual one", () => {
  expect(priorOf(itemsOf(0, { items: 10, showings: 3 })).knownItem).toBeLessThan(1.2 * 60);
  expect(priorOf(itemsOf(3))).toMatchObject({ knownItem: usualPriors.knownItem });
});

test("a head of noise gets a strong prior, one that tells rewards does not", () => {
  const headOf = (weight: number) => {
    const random = createRandom(7);
    const head = createLinearHead({
      size: 8,
      priorPrecision: 20,
      forgetting: 1,
      noiseVariance: noise,
    });
    for (let event = 0; event < 4000; event++) {
      const x = Float64Array.from({ length: 8 }, () => random.normal() / Math.sqrt(8));
      head.update(x, weight * x[0]! + Math.sqrt(noise) * random.normal());
    }
    return evidentPriors(guess, noise, { ...noMoments, head: head.moments() });
  };
  expect(headOf(0).head).toBeGreaterThan(400);
  // One of eight weights is 0.3: τ² is 0.3²/8, or σ²/3.6.
  expect(headOf(0.3).head).toBeLessThan(2 * usualPriors.head);
});

test("the guess is narrower for rare rewards", () => {
  const rare = Array.from({ length: 998 }, (_, index) => (index < 29 ? 1 : 0));
  const { head, knownItem, user, likeness } = guessPriors(rare.reduce(addReward, noRewards), 1.5);
  expect(head / usualPriors.head).toBeCloseTo(((2 / 3) * 0.03 * 0.97) / 0.045 ** 2, 10);
  expect([knownItem, user, likeness]).toEqual([3 * head, 3 * head, head]);
});
