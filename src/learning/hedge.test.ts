import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hedge } from "./hedge.ts";

const seed = 59;

/** λ, found from two settings whose evidence differs by 1. */
function measureRate(): number {
  const { weights } = hedge({}, { a: 1, b: 0 });
  return Math.log(weights.a! / weights.b!);
}

/** Share of yesterday's evidence that is left today. */
const measureDiscount = () => hedge({ a: 1 }, { a: 0 }).state.a!;

describe("Hedge over the settings", () => {
  test("weights are the softmax of λ times the evidence", () => {
    const rate = measureRate();
    const evidence = { nothing: 0, small: 1.5, large: -0.5 };
    const raw = Object.values(evidence).map((z) => Math.exp(rate * z));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    const { weights } = hedge({}, evidence);
    expect(Object.keys(weights)).toEqual(["nothing", "small", "large"]);
    for (const [index, weight] of Object.values(weights).entries())
      expect(weight).toBeCloseTo(raw[index]! / total, 12);
  });

  test("evidence adds up over cycles, older evidence discounted by the same share each time", () => {
    const discount = measureDiscount();
    expect(discount).toBeGreaterThan(0);
    expect(discount).toBeLessThan(1);
    let { state } = hedge({}, { a: 2, b: -1 });
    state = hedge(state, { a: 0, b: 3 }).state;
    const last = hedge(state, { a: 1, b: 0 });
    expect(last.state.a).toBeCloseTo(2 * discount ** 2 + 1, 12);
    expect(last.state.b).toBeCloseTo(-(discount ** 2) + 3 * discount, 12);
    const difference = last.state.a! - last.state.b!;
    expect(Math.log(last.weights.a! / last.weights.b!)).toBeCloseTo(measureRate() * difference, 10);
  });

  test("better evidence has more weight", () => {
    expect(measureRate()).toBeGreaterThan(0);
  });

  test("a setting that is new starts without evidence, one that is gone is forgotten", () => {
    const { state } = hedge({ gone: 5, kept: 2 }, { kept: 0, fresh: 1 });
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
        const weights = Object.values(hedge({}, z).weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return Math.abs(total - 1) < 1e-12 && weights.every((weight) => weight >= 0);
      }),
      { seed },
    );
  });
});
