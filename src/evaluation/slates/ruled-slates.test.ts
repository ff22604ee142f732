import { describe, expect, test } from "vitest";
import { noCaps, type SlateCaps } from "../../domain/slate-caps.ts";
import { createSpread } from "../../domain/slate-diversity.ts";
import { createRandom } from "../../numeric/random.ts";
import type { SlateRule } from "./slate-drawer.ts";
import type { SlateDraws } from "./slate-draws.ts";
import { createMarginals } from "./slate-marginals.ts";
import { conditionalsOf } from "./slate-prefix.ts";

interface CappedRule extends SlateRule {
  readonly caps: SlateCaps;
}

/** π of the next position times the factors of the items above. */
function weigh({ policies, diversity }: SlateRule, above: readonly number[]) {
  const policy = policies[above.length] ?? policies.at(-1);
  if (diversity === undefined) return policy!;
  const { unexplained, power, take } = createSpread(diversity);
  for (const a of above) take(a);
  return policy!.map((one, a) => one * unexplained[a]! ** power);
}

/** Every slate with its exact probability, written from the definition. */
function enumerate(rule: CappedRule, length: number) {
  const { policies, exploration, caps } = rule;
  const slates: { readonly slate: readonly number[]; readonly probability: number }[] = [];
  const isLeft = (slate: readonly number[], a: number) =>
    !slate.includes(a) &&
    caps.groupsOf[a]!.every(
      (group) =>
        slate.filter((other) => caps.groupsOf[other]!.includes(group)).length < caps.limits[group]!,
    );
  const extend = (slate: readonly number[], probability: number) => {
    const left = [...policies[0]!.keys()].filter((a) => isLeft(slate, a));
    if (slate.length === length || left.length === 0) {
      slates.push({ slate, probability });
      return;
    }
    const weights = weigh(rule, slate);
    const mass = left.reduce((sum, a) => sum + weights[a]!, 0);
    for (const a of left) {
      const conditional = ((1 - exploration) * weights[a]!) / mass + exploration / left.length;
      extend([...slate, a], probability * conditional);
    }
  };
  extend([], 1);
  return slates;
}

const exactly = (rule: CappedRule, length: number) =>
  Array.from({ length }, (_, k) =>
    rule.policies[0]!.map((_, a) =>
      enumerate(rule, length)
        .filter(({ slate }) => slate[k] === a)
        .reduce((sum, { probability }) => sum + probability, 0),
    ),
  );

function drawsOfLength(draws: number, length: number, seed: number): SlateDraws {
  const random = createRandom(seed);
  const uniforms = Float64Array.from({ length: draws * length }, () => random.uniform());
  return { draws, uniforms };
}

const shares = Float64Array.of(0.4, 0.3, 0.15, 0.1, 0.04, 0.01);
const values = Float64Array.of(0.9, 0.1, 0.5, 0.7, 0.3, 0.2);
const even = Float64Array.from(shares, () => 1 / 6);

const cases: readonly (readonly [string, CappedRule, number])[] = [
  [
    "one group of two, with a floor",
    {
      policies: [shares],
      exploration: 0.1,
      caps: { groupsOf: [[0], [0], [0], [1], [1], []], limits: [1, 1] },
    },
    3,
  ],
  [
    "groups that overlap, of which two may be shown",
    {
      policies: [shares],
      exploration: 0.05,
      caps: { groupsOf: [[0, 1], [0], [1], [0, 1], [1], []], limits: [2, 1] },
    },
    3,
  ],
  [
    "slates that end early after some prefixes",
    {
      policies: [shares],
      exploration: 0.2,
      caps: { groupsOf: [[0, 1], [0], [1], [0], [1], [0, 1]], limits: [1, 1] },
    },
    2,
  ],
  [
    "a group of which none may be shown, and another policy below the first position",
    {
      policies: [shares, Float64Array.of(0.1, 0.1, 0.2, 0.2, 0.2, 0.2)],
      exploration: 0.05,
      caps: { groupsOf: [[0], [1], [1], [], [1], []], limits: [0, 2] },
    },
    3,
  ],
  [
    "none, but diversity, after an item that is placed",
    {
      policies: [shares],
      exploration: 0.05,
      caps: noCaps(6),
      diversity: {
        power: 1.5,
        weights: [0.5, 0.9],
        placed: [[1]],
        featuresOf: [[0], [0], [0, 1], [1], [1], []],
      },
    },
    4,
  ],
  [
    "diversity by other groups, and slates that end early",
    {
      policies: [shares],
      exploration: 0.1,
      caps: { groupsOf: [[0, 1], [0], [1], [0], [1], [0, 1]], limits: [1, 1] },
      diversity: { power: 1, weights: [0.4], featuresOf: [[], [0], [0], [0], [0], []] },
    },
    2,
  ],
  [
    "the uniform choice",
    {
      policies: [even],
      exploration: 0,
      caps: { groupsOf: [[0], [0], [0], [0], [1], [1]], limits: [1, 2] },
    },
    3,
  ],
];

describe.each(cases)("6 candidates under caps: %s", (_, rule, length) => {
  const fill = createMarginals();
  const exact = exactly(rule, length);
  const slates = enumerate(rule, length);
  const whole = slates.filter(({ slate }) => slate.length === length);
  const ended = slates.filter(({ slate }) => slate.length < length);

  test("marginals are those of all slates (40,000 draws, 6σ)", () => {
    const draws = 40_000;
    const [{ slate: items }] = whole as [(typeof whole)[number]];
    const found = fill(rule, { items, values }, drawsOfLength(draws, length, 1));
    const tolerance = 6 * Math.sqrt(0.25 / draws);
    const table = found.positions();
    for (const [k, expected] of exact.entries()) {
      for (const [a, probability] of expected.entries())
        expect(Math.abs(table[k]![a]! - probability)).toBeLessThan(tolerance);
      const direct = expected.reduce((sum, probability, a) => sum + probability * values[a]!, 0);
      expect(Math.abs(found.direct[k]! - direct)).toBeLessThan(tolerance);
    }
    for (const [a, probability] of exact[0]!.entries())
      expect(table[0]![a]).toBeCloseTo(probability, 12);
  });

  test("the logged item's marginal is right for every slate, however seldom a prefix leaves it", () => {
    const draws = 4000;
    for (const [number, { slate: items, probability }] of slates.entries()) {
      if (items.length < 2 || probability < 1e-4) continue;
      const given = drawsOfLength(draws, length, number);
      const { logged } = fill(rule, { items, values, asked: length }, given);
      for (const [k, item] of items.entries())
        expect(Math.abs(logged[k]! - exact[k]![item]!)).toBeLessThan(6 * Math.sqrt(0.25 / draws));
    }
  });

  test("of a slate that ended early the further positions count at its last", () => {
    const total = exact
      .flatMap((expected) => [...expected].map((probability, a) => probability * values[a]!))
      .reduce((sum, value) => sum + value, 0);
    for (const { slate: items } of ended.filter(({ slate }) => slate.length > 0)) {
      const given = drawsOfLength(4000, length, 3);
      const { direct } = fill(rule, { items, values, asked: length }, given);
      const sum = direct.reduce((all, one) => all + one, 0);
      expect(Math.abs(sum - total)).toBeLessThan(6 * Math.sqrt(length / 4000));
    }
  });

  test("conditionals of a prefix are 0 where a cap forbids, and multiply to the slate's probability", () => {
    for (const { slate: items, probability } of slates) {
      const product = conditionalsOf(rule, items).reduce((all, one, k) => all * one[items[k]!]!, 1);
      expect(product).toBeCloseTo(probability, 14);
    }
  });

  test("what stands above an item is, on average over the policy's slates, its expectation", () => {
    const features = [values, shares];
    let sums = [0, 0];
    for (const [number, { slate: items, probability }] of slates.entries()) {
      const given = drawsOfLength(1000, length, 100 + number);
      const above = fill(rule, { items, values, asked: length }, given).above(features);
      sums = sums.map((sum, index) => sum + probability * above[index]!.reduce((x, y) => x + y, 0));
    }
    for (const sum of sums) expect(Math.abs(sum)).toBeLessThan(0.04);
  });
});

test("an item that is left by few prefixes has the relative error of one that all leave", () => {
  // The first two close the third's group in 98 of 100 prefixes.
  const rule: CappedRule = {
    policies: [Float64Array.of(0.49, 0.49, 0.005, 0.015)],
    exploration: 0,
    caps: { groupsOf: [[0], [0], [0], []], limits: [1] },
  };
  const [, exact] = exactly(rule, 2);
  const fill = createMarginals();
  const found = Array.from({ length: 200 }, (_, seed) => {
    const slate = { items: [3, 2], values: new Float64Array(4) };
    return fill(rule, slate, drawsOfLength(64, 2, seed)).logged[1]!;
  });
  for (const one of found) expect(one / exact![2]!).toBeCloseTo(1, 10);
});
