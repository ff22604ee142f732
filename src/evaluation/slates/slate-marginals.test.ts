import { describe, expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import type { SlateRule } from "./slate-drawer.ts";
import type { SlateDraws } from "./slate-draws.ts";
import { createMarginals } from "./slate-marginals.ts";

const fill = createMarginals();
const slateMarginals = (
  rule: SlateRule,
  items: readonly number[],
  draws: SlateDraws,
  values = new Float64Array(rule.policies[0]!.length),
) => fill(rule, { items, values }, draws);

/** Every slate of a length with its exact probability. */
function enumerate(policy: readonly number[], exploration: number, length: number) {
  const slates: { readonly slate: readonly number[]; readonly probability: number }[] = [];
  const extend = (slate: readonly number[], probability: number) => {
    if (slate.length === length) {
      slates.push({ slate, probability });
      return;
    }
    const left = policy.flatMap((_, a) => (slate.includes(a) ? [] : [a]));
    const mass = left.reduce((sum, a) => sum + policy[a]!, 0);
    for (const a of left) {
      const conditional = ((1 - exploration) * policy[a]!) / mass + exploration / left.length;
      extend([...slate, a], probability * conditional);
    }
  };
  extend([], 1);
  return slates;
}

const exactly = (policy: readonly number[], exploration: number, length: number) =>
  Array.from({ length }, (_, k) =>
    policy.map((_, a) =>
      enumerate(policy, exploration, length)
        .filter(({ slate }) => slate[k] === a)
        .reduce((sum, { probability }) => sum + probability, 0),
    ),
  );

function draw(draws: number, length: number, seed: number): SlateDraws {
  const random = createRandom(seed);
  return {
    draws,
    uniforms: Float64Array.from({ length: draws * length }, () => random.uniform()),
  };
}

const cases = [
  ["even", [0.2, 0.2, 0.2, 0.2, 0.2], 0],
  ["uneven, with a floor", [0.5, 0.25, 0.15, 0.07, 0.03], 0.1],
  ["one item has most, with a large floor", [0.9, 0.06, 0.03, 0.007, 0.003], 0.3],
  ["one item has nearly all", [1 - 4e-9, 1e-9, 1e-9, 1e-9, 1e-9], 0.02],
  ["the uniform choice alone", [0.9, 0.025, 0.025, 0.025, 0.025], 1],
] as const;

describe.each(cases)("5 candidates, slates of 3: %s", (_, shares, exploration) => {
  const policy = Float64Array.from(shares);
  const exact = exactly(shares, exploration, 3);
  const draws = draw(10_000, 3, 17);

  test("marginals agree with enumeration", () => {
    const marginals = slateMarginals({ policies: [policy], exploration }, [0, 1, 2], draws);
    for (const [k, row] of marginals.positions().entries()) {
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      // A mean of 10,000 values in [0, 1] has a standard error of at most 0.005.
      for (const [a, p] of row.entries())
        expect(Math.abs(p - exact[k]![a]!), `item ${a} at ${k}`).toBeLessThan(4 * 0.005);
    }
  });

  test("the logged items' marginals agree in their ratio, rare ones too", () => {
    for (const slate of [
      [0, 1, 2],
      [3, 4, 0],
      [4, 0, 1],
    ]) {
      const { logged } = slateMarginals({ policies: [policy], exploration }, slate, draws);
      expect(logged[0]).toBeCloseTo(exact[0]![slate[0]!]!, 12);
      for (const [k, p] of logged.entries())
        expect(Math.abs(p / exact[k]![slate[k]!]! - 1), `item ${slate[k]} at ${k}`).toBeLessThan(
          0.06,
        );
    }
  });
});

test.each(cases)(
  "items above are less their expectation given the item below: %s",
  (_, shares, exploration) => {
    const policy = Float64Array.from(shares);
    const feature = Float64Array.of(3, -1, 2, 0.5, 1);
    const all = enumerate(shares, exploration, 3);
    const above = (slate: readonly number[], k: number) =>
      slate.slice(0, k).reduce((sum, item) => sum + feature[item]!, 0);
    // Some of the items are above in most draws, others in few.
    for (const items of [
      [0, 1, 2],
      [1, 2, 0],
      [4, 0, 3],
    ]) {
      const marginals = slateMarginals(
        { policies: [policy], exploration },
        items,
        draw(10_000, 3, 17),
      );
      const [found] = marginals.above([feature]);
      for (const [k, item] of items.entries()) {
        const same = all.filter(({ slate }) => slate[k] === item);
        const mass = same.reduce((sum, { probability }) => sum + probability, 0);
        const expected = same.reduce((sum, one) => sum + one.probability * above(one.slate, k), 0);
        // 10,000 sums with a spread below 4: four errors, of weights that vary.
        expect(Math.abs(found![k]! - (above(items, k) - expected / mass))).toBeLessThan(0.16);
      }
    }
  },
);

test("a slate of all candidates holds each item once", () => {
  const policy = Float64Array.of(0.7, 0.2, 0.1);
  const marginals = slateMarginals(
    { policies: [policy], exploration: 0.05 },
    [0, 1, 2],
    draw(500, 3, 3),
  );
  const table = marginals.positions();
  for (let a = 0; a < 3; a++)
    expect(table.reduce((sum, row) => sum + row[a]!, 0)).toBeCloseTo(1, 1);
});
