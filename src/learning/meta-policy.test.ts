import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bootstraps } from "./challengers.ts";
import { rewardHeadCount } from "./critic.ts";
import {
  challengerSettings,
  chooseExploration,
  memoryHalfLives,
  updateMetaPolicy,
} from "./meta-policy.ts";

const seed = 59;

/** λ, found from two settings whose evidence differs by 1. */
function measureRate(): number {
  const { weights } = updateMetaPolicy({}, { a: 1, b: 0 });
  return Math.log(weights.a! / weights.b!);
}

/** Share of yesterday's evidence that is left today. */
const measureDiscount = () => updateMetaPolicy({ a: 1 }, { a: 0 }).state.a!;

describe("Hedge over the settings", () => {
  test("weights are the softmax of λ times the evidence", () => {
    const rate = measureRate();
    const evidence = { nothing: 0, small: 1.5, large: -0.5 };
    const raw = Object.values(evidence).map((z) => Math.exp(rate * z));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    const { weights } = updateMetaPolicy({}, evidence);
    expect(Object.keys(weights)).toEqual(["nothing", "small", "large"]);
    for (const [index, weight] of Object.values(weights).entries())
      expect(weight).toBeCloseTo(raw[index]! / total, 12);
  });

  test("evidence adds up over cycles, older evidence discounted by the same share each time", () => {
    const discount = measureDiscount();
    expect(discount).toBeGreaterThan(0);
    expect(discount).toBeLessThan(1);
    let { state } = updateMetaPolicy({}, { a: 2, b: -1 });
    state = updateMetaPolicy(state, { a: 0, b: 3 }).state;
    const last = updateMetaPolicy(state, { a: 1, b: 0 });
    expect(last.state.a).toBeCloseTo(2 * discount ** 2 + 1, 12);
    expect(last.state.b).toBeCloseTo(-(discount ** 2) + 3 * discount, 12);
    const difference = last.state.a! - last.state.b!;
    expect(Math.log(last.weights.a! / last.weights.b!)).toBeCloseTo(measureRate() * difference, 10);
  });

  test("better evidence has more weight", () => {
    expect(measureRate()).toBeGreaterThan(0);
  });

  test("a setting that is new starts without evidence, one that is gone is forgotten", () => {
    const { state } = updateMetaPolicy({ gone: 5, kept: 2 }, { kept: 0, fresh: 1 });
    expect(state).toEqual({ kept: 2 * measureDiscount(), fresh: 1 });
  });

  test("weights sum to one and none is NaN, however strong the evidence", () => {
    const evidence = fc.dictionary(
      fc.string({ minLength: 1 }).map((name) => `setting ${name}`),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(evidence, (z) => {
        const weights = Object.values(updateMetaPolicy({}, z).weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return Math.abs(total - 1) < 1e-12 && weights.every((weight) => weight >= 0);
      }),
      { seed },
    );
  });
});

describe("the settings", () => {
  test("have names of their own", () => {
    const names = challengerSettings.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(1);
  });

  test.each(challengerSettings)("$name is within its ranges, its memory sums to one", (setting) => {
    expect(setting.memory.length).toBe(memoryHalfLives.length);
    expect(setting.memory.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(setting.klRadius).toBeGreaterThan(0);
    expect(setting.proximity).toBeGreaterThanOrEqual(0);
    expect(setting.proximity).toBeLessThanOrEqual(1);
    expect(setting.discriminator).toBeGreaterThanOrEqual(0);
  });

  test("softmax on the reward model and a small step are among them", () => {
    expect(
      challengerSettings.some(({ proximity, discriminator }) => proximity + discriminator === 0),
    ).toBe(true);
    expect(challengerSettings.some(({ proximity }) => proximity === 1)).toBe(true);
  });

  test("every memory has its reward heads", () => {
    expect(rewardHeadCount).toBe(memoryHalfLives.length * bootstraps);
  });
});

describe("exploration", () => {
  test("costs the same share of the reward, whatever the uniform choice would cost", () => {
    const cost = (difference: number) => chooseExploration(0.2, -difference) * difference;
    expect(cost(0.15)).toBeCloseTo(cost(0.1), 12);
    expect(cost(0.1)).toBeGreaterThan(0);
    expect(cost(0.1)).toBeLessThan(0.2);
    expect(chooseExploration(0.4, -0.2)).toBeCloseTo(chooseExploration(0.2, -0.1), 12);
  });

  test("is bounded below 1 where chance does as well as the policy", () => {
    const most = chooseExploration(0.2, 0);
    expect(most).toBeLessThan(1);
    expect(chooseExploration(0.2, 0.1)).toBe(most);
    expect(chooseExploration(0.2, -1e-9)).toBe(most);
  });

  test("is nothing where there is no reward to spend", () => {
    expect(chooseExploration(0, -0.1)).toBe(0);
  });
});
