import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HistoryEntry } from "../domain/behaviour.ts";
import { itemId } from "../domain/ids.ts";
import type { RewardRule } from "../domain/scenario.ts";
import { contextTokens } from "./item-features.ts";
import { createProfile, historyLength, poolCount, poolWeights } from "./profile.ts";

const seed = 19;
const rule: RewardRule = {
  weights: { click: 1, rating: 0.5, hide: -3 },
  windowSeconds: 60,
  defaultReward: 0,
  minimum: -3,
  maximum: 2,
};

const entry = (item: string, type: string, value: number): HistoryEntry => ({
  sequence: 1,
  itemId: itemId(item),
  type,
  value,
  occurredAt: 1000,
});

const profileOf = (history: readonly HistoryEntry[]) =>
  createProfile({ history, rule, context: {}, userAttributes: {} });

describe("profile", () => {
  test.each(["constructor", "toString", "__proto__"])(
    "an event type '%s', which every object has, is one without weight",
    (type) => {
      expect(profileOf([entry("a", type, 1)]).signals).toEqual([0]);
    },
  );

  test("a signal is the weighted value over the larger bound of the reward range", () => {
    const { itemIds, signals } = profileOf([
      entry("a", "click", 1),
      entry("b", "rating", 4),
      entry("c", "hide", 0.5),
      entry("d", "rating", -1),
      entry("e", "unheard-of", 9),
    ]);
    expect(itemIds).toEqual(["a", "b", "c", "d", "e"]);
    expect(signals).toEqual([1 / 3, 2 / 3, -0.5, -0.5 / 3, 0]);
  });

  test("a signal stays in [−1, 1], whatever the value", () => {
    expect(profileOf([entry("a", "click", 1e300), entry("b", "hide", 1e300)]).signals).toEqual([
      1, -1,
    ]);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [signal = Number.NaN] = profileOf([entry("a", "rating", value)]).signals;
        return signal >= -1 && signal <= 1;
      }),
      { seed },
    );
  });

  test("the newest events are kept, oldest of them first", () => {
    const history = Array.from({ length: historyLength + 3 }, (_, index) =>
      entry(`i-${index}`, "click", index / 100),
    );
    const { itemIds, signals } = profileOf(history);
    expect(itemIds).toEqual(history.slice(3).map((one) => one.itemId));
    expect(signals[0]).toBeCloseTo(0.03 / 3, 14);
    expect(itemIds.length).toBe(historyLength);
  });

  test("it reads its inputs only: what comes after them cannot change it", () => {
    const history = Object.freeze([entry("a", "click", 1), entry("b", "click", 1)]);
    const before = profileOf(history);
    expect(profileOf([...history, entry("c", "hide", 1)].slice(0, 2))).toEqual(before);
    expect(profileOf(history)).toEqual(before);
  });

  test("tokens are those of the context and the user", () => {
    const { tokens } = createProfile({
      history: [],
      rule,
      context: { hour: 8 },
      userAttributes: { country: "PL" },
    });
    expect(tokens).toEqual(contextTokens({ hour: 8 }, { country: "PL" }));
  });
});

describe("pool weights", () => {
  const signalsOf = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
    minLength: 1,
    maxLength: historyLength,
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  test("there are as many pools as networks are built for, each with a weight an event", () => {
    for (const count of [0, 1, 2, historyLength]) {
      const pools = poolWeights(new Array<number>(count).fill(1));
      expect(pools.map((weights) => weights.length)).toEqual(new Array(poolCount).fill(count));
    }
  });

  test("the first is the plain mean and the second the mean by signal", () => {
    const [plain, bySignal] = poolWeights([1, -0.5, 0, 0.25]);
    expect(plain).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(bySignal).toEqual([0.25, -0.125, 0, 0.0625]);
  });

  test("with all signals at 1 every pool is a mean, and no later event weighs less than an earlier one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: historyLength }), (count) =>
        poolWeights(new Array<number>(count).fill(1)).every(
          (weights) =>
            Math.abs(sum(weights) - 1) < 1e-12 &&
            weights.every((weight, index) => index === 0 || weight >= weights[index - 1]!),
        ),
      ),
      { seed },
    );
  });

  test("the recency-weighted pools differ from the plain mean and from each other", () => {
    const pools = poolWeights([1, 1, 1]).map((weights) => weights.at(-1)!);
    expect(new Set(pools.slice(1)).size).toBe(poolCount - 1);
    for (const last of pools.slice(2)) expect(last).toBeGreaterThan(pools[0]!);
  });

  test("the pools by signal are linear in the signals and at most 1 in size", () => {
    fc.assert(
      fc.property(signalsOf, (signals) => {
        const full = poolWeights(signals).slice(1);
        const half = poolWeights(signals.map((value) => value / 2)).slice(1);
        return full.every(
          (weights, pool) =>
            weights.every((weight, i) => Math.abs(weight / 2 - half[pool]![i]!) < 1e-15) &&
            sum(weights.map(Math.abs)) <= 1 + 1e-12,
        );
      }),
      { seed },
    );
  });
});
