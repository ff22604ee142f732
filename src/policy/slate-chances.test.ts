import { describe, expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { sampleSlate } from "./slate.ts";
import { drawHitChance, effectiveChoices } from "./slate-chances.ts";

const logits = Float64Array.of(2, 1, 0.5, 0, -1);

describe("the chance that a slate holds an item", () => {
  test("is its propensity if there is one position", () => {
    const options = { slateSize: 1, exploration: 0.1, random: createRandom(1) };
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    for (const target of logits.keys()) {
      const expected = (0.9 * Math.exp(logits[target]!)) / total + 0.1 / 5;
      expect(drawHitChance({ logits, target }, options)).toBeCloseTo(expected, 14);
    }
  });

  test("is that of two positions by enumeration, in the mean of draws", () => {
    const [target, exploration, draws] = [3, 0.1, 4000];
    const p = (rest: readonly number[], item: number) =>
      (0.9 * Math.exp(logits[item]!)) / rest.reduce((sum, a) => sum + Math.exp(logits[a]!), 0) +
      exploration / rest.length;
    const all = [...logits.keys()];
    const others = all.filter((item) => item !== target);
    const second = (first: number) =>
      p(
        all.filter((item) => item !== first),
        target,
      );
    const exact = others.reduce((sum, a) => sum + p(all, a) * second(a), p(all, target));
    const random = createRandom(2);
    const found = Array.from({ length: draws }, () =>
      drawHitChance({ logits, target }, { slateSize: 2, exploration, random }),
    );
    const mean = found.reduce((sum, chance) => sum + chance / draws, 0);
    const deviation = Math.sqrt(found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws);
    expect(deviation).toBeLessThan(0.1);
    expect(Math.abs(mean - exact)).toBeLessThan((4 * deviation) / Math.sqrt(draws));
  });

  test("is the share of the slates that serving draws", () => {
    const [target, draws] = [4, 4000];
    const random = createRandom(3);
    const options = { slateSize: 3, exploration: 0.2, random };
    let [chances, hits] = [0, 0];
    for (let draw = 0; draw < draws; draw++) {
      chances += drawHitChance({ logits, target }, options) / draws;
      if (sampleSlate({ logits, ...options }).order.includes(target)) hits += 1 / draws;
    }
    expect(Math.abs(chances - hits)).toBeLessThan(4 * Math.sqrt(0.25 / draws));
  });

  test("is 1 if the slate takes all, and 0 for an item that is no candidate", () => {
    const options = { slateSize: 9, exploration: 0.1, random: createRandom(4) };
    for (const target of logits.keys())
      expect(drawHitChance({ logits, target }, options)).toBeCloseTo(1, 14);
    expect(drawHitChance({ logits, target: -1 }, options)).toBe(0);
  });
});

test("effective choices are as many as there are equal ones, and one if nothing else is likely", () => {
  expect(effectiveChoices(new Float64Array(7), 0.03)).toBeCloseTo(7, 12);
  expect(effectiveChoices(Float64Array.of(0, -50, -50), 1e-9)).toBeCloseTo(1, 6);
  // Two equal ones and a floor of 0.3 over three: H of (0.45, 0.45, 0.1).
  const entropy = -2 * 0.45 * Math.log(0.45) - 0.1 * Math.log(0.1);
  expect(effectiveChoices(Float64Array.of(1, 1, -800), 0.3)).toBeCloseTo(Math.exp(entropy), 12);
});
