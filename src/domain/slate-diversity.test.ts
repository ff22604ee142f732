import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSpread, type SlateDiversity } from "./slate-diversity.ts";

const most = 6;
const diverse: fc.Arbitrary<SlateDiversity> = fc.record({
  strength: fc.double({ min: 0, max: 0.99, noNaN: true }),
  featuresOf: fc.array(fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: most,
  }),
  weights: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), {
    minLength: 5,
    maxLength: 5,
  }),
});

function correlation({ strength, featuresOf, weights }: SlateDiversity, i: number, j: number) {
  if (i === j) return 1;
  const [own, other] = [featuresOf[i]!, featuresOf[j]!];
  const sum = (list: readonly number[]) => list.reduce((all, one) => all + weights[one]!, 0);
  const common = sum(own.filter((one) => other.includes(one)));
  return common === 0 ? 0 : (strength * common) / Math.sqrt(sum(own) * sum(other));
}

/** By Laplace's expansion. */
function determinant(matrix: readonly (readonly number[])[]): number {
  if (matrix.length === 0) return 1;
  const [first, ...rest] = matrix;
  return first!.reduce((sum, one, column) => {
    const minor = rest.map((row) => row.filter((_, index) => index !== column));
    return sum + (column % 2 === 0 ? 1 : -1) * one * determinant(minor);
  }, 0);
}

const ofSlate = (diversity: SlateDiversity, slate: readonly number[]) =>
  determinant(slate.map((i) => slate.map((j) => correlation(diversity, i, j))));

describe("the factor of a candidate", () => {
  test("is det C(slate with it)/det C(slate), whatever the features (to 1e-9)", () => {
    fc.assert(
      fc.property(diverse, (diversity) => {
        const spread = createSpread(diversity);
        const slate: number[] = [];
        for (const taken of diversity.featuresOf.keys()) {
          for (let a = taken; a < diversity.featuresOf.length; a++) {
            const expected = ofSlate(diversity, [...slate, a]) / ofSlate(diversity, slate);
            expect(spread.factors[a]).toBeCloseTo(expected, 9);
            expect(spread.factors[a]).toBeGreaterThanOrEqual(1 - diversity.strength);
            expect(spread.factors[a]).toBeLessThanOrEqual(1);
          }
          spread.take(taken);
          slate.push(taken);
        }
      }),
      { seed: 88, numRuns: 150 },
    );
  });

  test("has the part of placed items in the start, and begins anew with a cleared slate", () => {
    fc.assert(
      fc.property(diverse, ({ featuresOf: [first = [], ...featuresOf], ...rest }) => {
        const all = createSpread({ ...rest, featuresOf: [first, ...featuresOf] });
        const placed = createSpread({ ...rest, featuresOf, placed: [first] });
        all.take(0);
        const before = placed.start.slice();
        expect(all.factors.subarray(1)).toEqual(before);
        if (featuresOf.length === 0) return;
        all.take(1);
        placed.take(0);
        for (const [a, factor] of placed.factors.entries())
          expect(before[a]! * factor).toBeCloseTo(all.factors[a + 1]!, 12);
        placed.clear();
        expect(placed.factors).toEqual(new Float64Array(featuresOf.length).fill(1));
      }),
      { seed: 89, numRuns: 100 },
    );
  });

  test("of a second item with the same features is 1 − δ², of a third less, of another item 1", () => {
    const spread = createSpread({
      strength: 0.9,
      featuresOf: [[0], [0], [0], [1], []],
      weights: [0.3, 0.7],
    });
    spread.take(0);
    expect(spread.factors[1]).toBeCloseTo(1 - 0.81, 12);
    spread.take(1);
    // 1 − m·δ²/(1 + (m − 1)·δ) with m = 2
    expect(spread.factors[2]).toBeCloseTo(1 - 1.62 / 1.9, 12);
    expect([...spread.factors.subarray(3)]).toEqual([1, 1]);
  });
});
