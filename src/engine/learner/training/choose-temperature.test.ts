import { describe, expect, test } from "vitest";
import { createRandom } from "../../../numeric/random.ts";
import { chooseTemperature, keepsHits, measureSlates } from "./choose-temperature.ts";
import type { SlateCase } from "./slate-cases.ts";

const exploration = 0.02;
const options = (slateSize: number) => ({
  scenario: { slateSize, exploration },
  random: createRandom(1),
});

/** `good` candidates with one logit and `others` with 0; each user's next item is the first one. */
function likeFew(good: number, others: number, logit: number, slateSize: number) {
  const logits = new Float64Array(good + others).fill(logit, 0, good);
  const one: SlateCase = { logits, target: 0, sorted: Math.min(1, slateSize / good), rules: {} };
  return Array.from({ length: 200 }, () => one);
}

/** Served hit rate of one good item by all numbers of good ones that k draws can take. */
function servedRate(good: number, others: number, odds: number, slateSize: number): number {
  let taken = [1, ...new Array<number>(slateSize).fill(0)];
  for (let k = 0; k < slateSize; k++) {
    const next = new Array<number>(slateSize + 1).fill(0);
    for (const [j, mass] of taken.entries()) {
      if (mass === 0) continue;
      const left = good - j;
      const softmax = (left * odds) / (left * odds + others - (k - j));
      const chance = (1 - exploration) * softmax + (exploration * left) / (good + others - k);
      next[j] = next[j]! + mass * (1 - chance);
      if (chance > 0) next[j + 1] = next[j + 1]! + mass * chance;
    }
    taken = next;
  }
  return taken.reduce((sum, mass, j) => sum + mass * j, 0) / good;
}

/** e^H of the first position. */
function choices(good: number, others: number, odds: number): number {
  const spread = (count: number, weight: number) => {
    const total = good * odds + others;
    const p = ((1 - exploration) * weight) / total + exploration / (good + others);
    return -count * p * Math.log(p);
  };
  return Math.exp(spread(good, odds) + spread(others, 1));
}

describe("the policy temperature", () => {
  test("is the largest that keeps 0.9 of the sorted hit rate", () => {
    const [good, others, logit, slateSize] = [12, 88, 2.05, 10];
    const cases = likeFew(good, others, logit, slateSize);
    const { chosen, curve } = chooseTemperature(cases, options(slateSize));
    const sorted = slateSize / good;
    const exact = curve.map(({ temperature }) =>
      servedRate(good, others, Math.exp(logit / temperature), slateSize),
    );
    for (const [index, { served, temperature, effectiveChoices }] of curve.entries()) {
      expect(temperature).toBeCloseTo(0.9 ** index, 12);
      expect(Math.abs(served - exact[index]!)).toBeLessThan(0.02);
      const odds = Math.exp(logit / temperature);
      expect(effectiveChoices).toBeCloseTo(choices(good, others, odds), 8);
    }
    // Neither neighbour is within the error of 200 draws.
    expect(exact.at(-1)! - 0.9 * sorted).toBeGreaterThan(0.004);
    expect(0.9 * sorted - exact.at(-2)!).toBeGreaterThan(0.004);
    expect(chosen).toBe(curve.at(-1));
    const certain = curve.map(({ surplus }) => surplus.mean >= 2 * surplus.standardError);
    expect(certain).toEqual([...curve.slice(1).map(() => false), true]);
    expect(keepsHits(chosen)).toBe(true);
  });

  test("leaves ten effective choices even if that keeps less of the hit rate", () => {
    const [others, logit] = [199, 2];
    const { chosen, curve } = chooseTemperature(likeFew(1, others, logit, 1), options(1));
    const at = (temperature: number) => choices(1, others, Math.exp(logit / temperature));
    expect(at(chosen.temperature)).toBeGreaterThanOrEqual(10);
    expect(at(0.9 * chosen.temperature)).toBeLessThan(10);
    expect(keepsHits(chosen)).toBe(false);
    expect(curve.at(-1)!.temperature).toBeCloseTo(0.9 * chosen.temperature, 12);
  });

  test("leaves ten effective choices by one standard error", () => {
    const others = 199;
    const logits = [2.4, 4];
    const halves = logits.flatMap((logit) => likeFew(1, others, logit, 1).slice(180));
    const { chosen, curve } = chooseTemperature(halves, options(1));
    const leastAt = (temperature: number) => {
      const [one, two] = logits.map((logit) => choices(1, others, Math.exp(logit / temperature)));
      const error = Math.abs(one! - two!) / 2 / Math.sqrt(39);
      return (one! + two!) / 2 - error;
    };
    expect(leastAt(chosen.temperature)).toBeGreaterThanOrEqual(10);
    expect(leastAt(0.9 * chosen.temperature)).toBeLessThan(10);
    // Without the error one more would do.
    expect(curve.at(-1)!.effectiveChoices).toBeGreaterThan(10);
  });

  test("is above 1 only if fewer than ten choices remain there", () => {
    const [others, logit] = [199, 9];
    const { chosen } = chooseTemperature(likeFew(1, others, logit, 1), options(1));
    const at = (temperature: number) => choices(1, others, Math.exp(logit / temperature));
    expect(chosen.temperature).toBeGreaterThan(1);
    expect(at(chosen.temperature)).toBeGreaterThanOrEqual(10);
    expect(at(0.9 * chosen.temperature)).toBeLessThan(10);
  });

  test("leaves half of fewer than twenty candidates", () => {
    const { chosen } = chooseTemperature(likeFew(1, 7, 1, 1), options(1));
    const at = (temperature: number) => choices(1, 7, Math.exp(1 / temperature));
    expect(at(chosen.temperature)).toBeGreaterThanOrEqual(4);
    expect(at(0.9 * chosen.temperature)).toBeLessThan(4);
  });

  test("stays at 1 if sorting is no better than serving", () => {
    const { chosen } = chooseTemperature(likeFew(100, 0, 0, 10), options(10));
    expect(chosen.temperature).toBe(1);
    expect(keepsHits(chosen)).toBe(true);
  });

  test("needs at least two users", () => {
    expect(() => chooseTemperature(likeFew(1, 7, 1, 1).slice(1), options(1))).not.toThrow();
    expect(() => chooseTemperature(likeFew(1, 7, 1, 1).slice(199), options(1))).toThrow(RangeError);
  });
});

test("slates are measured with their standard errors over users", () => {
  const hit: SlateCase = { logits: Float64Array.of(1, 0), target: 0, sorted: 1, rules: {} };
  const miss: SlateCase = { logits: Float64Array.of(1, 0), target: -1, sorted: 0, rules: {} };
  const { sorted, served, effectiveChoices } = measureSlates([hit, miss, hit, miss], options(1));
  const p = (1 - exploration) / (1 + Math.exp(-1)) + exploration / 2;
  const error = Math.sqrt(1 / 3 / 4);
  expect(sorted).toEqual({ mean: 0.5, standardError: error });
  expect(served.mean).toBeCloseTo(p / 2, 14);
  expect(served.standardError).toBeCloseTo(p * error, 14);
  const entropy = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  expect(effectiveChoices).toBeCloseTo(Math.exp(entropy), 12);
});
