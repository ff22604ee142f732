import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSpread, type SlateDiversity } from "./slate-diversity.ts";

const most = 6;
const diverse: fc.Arbitrary<SlateDiversity> = fc.record({
  power: fc.constantFrom(0, 1, 9),
  featuresOf: fc.array(fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: most,
  }),
  weights: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), {
    minLength: 5,
    maxLength: 5,
  }),
});

function correlation({ featuresOf, weights }: SlateDiversity, i: number, j: number) {
  if (i === j) return 1;
  const [own, other] = [featuresOf[i]!, featuresOf[j]!];
  const sum = (list: readonly number[]) => list.reduce((all, one) => all + weights[one]!, 0);
  const common = sum(own.filter((one) => other.includes(one)));
  return common === 0 ? 0 : (0.9 * common) / Math.sqrt(sum(own) * sum(other));
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

describe("the unexplained share of a candidate", () => {
  test("is det C(slate with it)/det C(slate), whatever the features (to 1e-9)", () => {
    fc.assert(
      fc.property(diverse, (diversity) => {
        const spread = createSpread(diversity);
        const slate: number[] = [];
        for (const taken of diversity.featuresOf.keys()) {
          for (let a = taken; a < diversity.featuresOf.length; a++) {
            const expected = ofSlate(diversity, [...slate, a]) / ofSlate(diversity, slate);
            expect(spread.unexplained[a]).toBeCloseTo(expected, 9);
            expect(spread.unexplained[a]).toBeGreaterThanOrEqual(1 - 0.9);
            expect(spread.unexplained[a]).toBeLessThanOrEqual(1);
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
        const tilts = Array.from(all.unexplained.subarray(1), (u) => rest.power * Math.log(u));
        for (const [a, tilt] of tilts.entries()) expect(placed.start[a]).toBeCloseTo(tilt, 12);
        const before = all.unexplained.slice(1);
        if (featuresOf.length === 0) return;
        all.take(1);
        placed.take(0);
        for (const [a, share] of placed.unexplained.entries())
          expect(before[a]! * share).toBeCloseTo(all.unexplained[a + 1]!, 12);
        placed.clear();
        expect(placed.unexplained).toEqual(new Float64Array(featuresOf.length).fill(1));
      }),
      { seed: 89, numRuns: 100 },
    );
  });

  test("of a second item with the same features is 1 − δ², of a third less, of another item all", () => {
    const spread = createSpread({
      power: 2,
      featuresOf: [[0], [0], [0], [1], []],
      weights: [0.3, 0.7],
    });
    spread.take(0);
    expect(spread.unexplained[1]).toBeCloseTo(1 - 0.81, 12);
    spread.take(1);
    // 1 − m·δ²/(1 + (m − 1)·δ) with m = 2
    expect(spread.unexplained[2]).toBeCloseTo(1 - 1.62 / 1.9, 12);
    expect([...spread.unexplained.subarray(3)]).toEqual([1, 1]);
  });
});
