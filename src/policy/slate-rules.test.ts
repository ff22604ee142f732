import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../tests/support/chi-square.ts";
import type { SlateCaps } from "../domain/slate-caps.ts";
import { createRandom } from "../numeric/random.ts";
import { jointPropensity, type PlaceRules, sampleSlate, slatePropensities } from "./slate.ts";
import { drawHitChance } from "./slate-chances.ts";

const seed = 20_260;

interface Ruled {
  readonly logits: Float64Array;
  readonly slateSize: number;
  readonly exploration: number;
  readonly rules: PlaceRules;
}

/** Overlapping groups, caps that leave too little, pins, and diversity by the same groups: small enough to enumerate. */
const ruled: fc.Arbitrary<Ruled> = fc
  .record({
    logits: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 6 }),
    size: fc.integer({ min: 1, max: 6 }),
    exploration: fc.double({ min: 0.01, max: 1, noNaN: true }),
    limits: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 3 }),
    power: fc.constantFrom(0, 0.5, 9),
    memberships: fc.array(fc.array(fc.nat({ max: 2 }), { maxLength: 2 }), {
      minLength: 6,
      maxLength: 6,
    }),
    pins: fc.uniqueArray(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), {
      maxLength: 2,
      comparator: ([a, b], [c, d]) => a === c || b === d,
    }),
  })
  .map(({ logits, size, exploration, limits, power, memberships, pins }) => {
    const count = logits.length;
    const slateSize = Math.min(size, count);
    const groupsOf = memberships
      .slice(0, count)
      .map((groups) => [...new Set(groups)].filter((group) => group < limits.length));
    const held = pins
      .filter(([position, index]) => position < slateSize && index < count)
      .sort(([left], [right]) => left - right);
    const weights = limits.map((_, group) => 1 / (1 + group));
    const diversity = { power, featuresOf: groupsOf, weights };
    const rules = {
      pins: new Map(held),
      caps: { groupsOf, limits },
      ...(power > 0 && { diversity }),
    };
    return { logits: Float64Array.from(logits), slateSize, exploration, rules };
  });

/** Every slate that the rules allow. */
function allSlates({ logits, slateSize, exploration, rules }: Ruled): readonly number[][] {
  const found: number[][] = [];
  const extend = (order: number[]) => {
    const next = [...logits.keys()].filter((index) => {
      const propensities = slatePropensities({
        logits,
        exploration,
        rules,
        order: [...order, index],
      });
      return propensities.length > order.length && propensities.at(-1)! > 0;
    });
    if (order.length === slateSize || next.length === 0) found.push(order);
    else for (const index of next) extend([...order, index]);
  };
  extend([]);
  return found;
}

const jointOf = ({ logits, exploration, rules }: Ruled, order: readonly number[]) =>
  jointPropensity(slatePropensities({ logits, exploration, rules, order }));

const violations = (order: readonly number[], { pins, caps }: PlaceRules): readonly string[] => {
  const { groupsOf, limits } = caps as SlateCaps;
  const isPinned = (index: number) => [...(pins?.values() ?? [])].includes(index);
  const over = limits.flatMap((limit, group) => {
    const own = order.filter((index) => groupsOf[index]!.includes(group));
    const pinned = own.filter(isPinned).length;
    return own.length > Math.max(limit, pinned) ? [`group ${group} has ${own.length}`] : [];
  });
  const missing = [...(pins ?? [])].filter(
    ([position, index]) => order.indexOf(index) === -1 || order.indexOf(index) > position,
  );
  const repeated = new Set(order).size < order.length ? ["repeated"] : [];
  return [...over, ...missing.map(([position]) => `pin ${position}`), ...repeated];
};

describe(`slates under caps and pins, seed ${seed}`, () => {
  test("all slates that are allowed keep the rules, and their propensities sum to one", () => {
    fc.assert(
      fc.property(ruled, (one) => {
        const slates = allSlates(one);
        for (const order of slates) expect(violations(order, one.rules)).toEqual([]);
        const total = slates.reduce((sum, order) => sum + jointOf(one, order), 0);
        expect(Math.abs(total - 1)).toBeLessThan(1e-12);
      }),
      { seed, numRuns: 300 },
    );
  });

  test("no drawn slate of 20,000 violates a rule, and each has the propensity of its own order", () => {
    let drawn = 0;
    fc.assert(
      fc.property(ruled, fc.nat(), (one, draw) => {
        const random = createRandom(draw);
        for (let slate = 0; slate < 100; slate++, drawn++) {
          const { order, positionPropensities } = sampleSlate({ ...one, random });
          expect(violations(order, one.rules)).toEqual([]);
          expect(positionPropensities.every((p) => p > 0 && p <= 1)).toBe(true);
          expect(slatePropensities({ ...one, order })).toEqual(positionPropensities);
        }
      }),
      { seed, numRuns: 200 },
    );
    expect(drawn).toBe(20_000);
  });

  test("a slate is short only if nothing is left for its end", () => {
    fc.assert(
      fc.property(ruled, fc.nat(), (one, draw) => {
        const { order } = sampleSlate({ ...one, random: createRandom(draw) });
        if (order.length === one.slateSize) return;
        for (const index of one.logits.keys()) expect(jointOf(one, [...order, index])).toBe(0);
      }),
      { seed, numRuns: 500 },
    );
  });
});

const fixed: Ruled = {
  logits: Float64Array.of(1.5, 1, 0.5, 0, -0.5),
  slateSize: 3,
  exploration: 0.1,
  rules: {
    pins: new Map([[1, 4]]),
    caps: { groupsOf: [[0], [0], [1], [1], [0]], limits: [2, 1] },
  },
};

test("a slate with a pin and caps is drawn as often as its propensity says (6σ)", () => {
  const [samples, random] = [40_000, createRandom(5)];
  const slates = allSlates(fixed);
  expect(slates.length).toBeGreaterThan(5);
  expect(slates.every((order) => order[1] === 4)).toBe(true);
  const counts = new Map<string, number>();
  for (let sample = 0; sample < samples; sample++) {
    const key = sampleSlate({ ...fixed, random }).order.join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const observed = slates.map((order) => counts.get(order.join()) ?? 0);
  expect(observed.reduce((sum, count) => sum + count, 0)).toBe(samples);
  const expected = slates.map((order) => samples * jointOf(fixed, order));
  expect(chiSquare(observed, expected)).toBeLessThan(chiSquareBound(slates.length - 1));
});

test("the chance that a slate holds an item is that of all slates, under the same rules", () => {
  const slates = allSlates(fixed);
  const [draws, random] = [6000, createRandom(6)];
  for (const target of fixed.logits.keys()) {
    const exact = slates.reduce(
      (sum, order) => (order.includes(target) ? sum + jointOf(fixed, order) : sum),
      0,
    );
    const found = Array.from({ length: draws }, () =>
      drawHitChance({ logits: fixed.logits, target }, { ...fixed, random }),
    );
    const mean = found.reduce((sum, chance) => sum + chance / draws, 0);
    const deviation = Math.sqrt(found.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws);
    expect(Math.abs(mean - exact)).toBeLessThan((5 * deviation) / Math.sqrt(draws) + 1e-12);
  }
});

test("a pinned item and one that a cap forbids have probability 0 elsewhere", () => {
  const joint = (order: readonly number[]) => slatePropensities({ ...fixed, order });
  expect(joint([4, 4, 0])[0]).toBe(0);
  expect(joint([0, 1, 2])[1]).toBe(0);
  // The pinned item counts for its group from the start: with one more of it the group is full.
  expect(joint([0, 4, 1])[2]).toBe(0);
  expect(joint([0, 4, 2])).toEqual([expect.any(Number), 1, expect.any(Number)]);
});

test("pins move up if nothing is left above them, and stay in the slate", () => {
  const rules = {
    pins: new Map([
      [2, 2],
      [3, 3],
    ]),
    caps: { groupsOf: [[0], [0], [0], []], limits: [2] },
  };
  const one = { logits: new Float64Array(4), slateSize: 4, exploration: 0.1, rules };
  const { order, positionPropensities } = sampleSlate({ ...one, random: createRandom(1) });
  expect(order.slice(1)).toEqual([2, 3]);
  expect(positionPropensities).toEqual([0.5, 1, 1]);
});
