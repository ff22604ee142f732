import fc from "fast-check";
import { expect, test } from "vitest";
import { type Accuracy, measureAccuracy } from "./accuracy.ts";

test("one relevant item at rank 3 gives the numbers by hand", () => {
  // DCG 1/log2(4); the ideal is 1/log2(2) = 1.
  expect(measureAccuracy([3], 10)).toEqual({
    hitRate: 1,
    recall: 1,
    ndcg: 0.5,
    reciprocalRank: 1 / 3,
    averagePrecision: 1 / 3,
  });
  expect(Object.values(measureAccuracy([11], 10))).toEqual([0, 0, 0, 0, 0]);
});

test("relevant items at ranks 1, 3, 6 and 20 give the numbers by hand", () => {
  const { hitRate, recall, ndcg, reciprocalRank, averagePrecision } = measureAccuracy(
    [1, 3, 6, 20],
    10,
  );
  expect([hitRate, recall, reciprocalRank]).toEqual([1, 0.75, 1]);
  // Precision 1/1, 2/3 and 3/6 at the hits, over four items that could be hit.
  expect(averagePrecision).toBeCloseTo((1 + 2 / 3 + 1 / 2) / 4, 14);
  const gain = 1 + 1 / 2 + 1 / Math.log2(7);
  const ideal = 1 + 1 / Math.log2(3) + 1 / 2 + 1 / Math.log2(5);
  expect(ndcg).toBeCloseTo(gain / ideal, 14);
});

test("with fewer places than relevant items the first places full is perfect", () => {
  expect(measureAccuracy([1, 2, 3], 2)).toMatchObject({ ndcg: 1, averagePrecision: 1 });
  expect(measureAccuracy([1, 2, 3], 2).recall).toBeCloseTo(2 / 3, 14);
});

const ranks = fc
  .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 })
  .map((drawn) => drawn.sort((a, b) => a - b));
const cut = fc.integer({ min: 1, max: 40 });
const metrics: readonly (keyof Accuracy)[] = [
  "hitRate",
  "recall",
  "ndcg",
  "reciprocalRank",
  "averagePrecision",
];

test("every metric is in [0, 1], and no worse where each item stands one place higher", () => {
  fc.assert(
    fc.property(ranks, cut, (drawn, k) => {
      const here = measureAccuracy(drawn, k);
      const first = drawn[0]!;
      const higher = measureAccuracy(first === 1 ? drawn : drawn.map((rank) => rank - 1), k);
      for (const metric of metrics) {
        expect(here[metric]).toBeGreaterThanOrEqual(0);
        expect(here[metric]).toBeLessThanOrEqual(1 + 1e-12);
        expect(higher[metric]).toBeGreaterThanOrEqual(here[metric] - 1e-12);
      }
    }),
  );
});

test("a larger k lowers neither hits, recall nor reciprocal rank", () => {
  fc.assert(
    fc.property(ranks, cut, (drawn, k) => {
      const [here, wider] = [measureAccuracy(drawn, k), measureAccuracy(drawn, k + 1)];
      for (const metric of ["hitRate", "recall", "reciprocalRank"] as const)
        expect(wider[metric]).toBeGreaterThanOrEqual(here[metric]);
    }),
  );
});

test("with one relevant item recall is the hit rate, and average precision the reciprocal rank", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), cut, (rank, k) => {
      const accuracy = measureAccuracy([rank], k);
      expect(accuracy.recall).toBe(accuracy.hitRate);
      expect(accuracy.averagePrecision).toBe(accuracy.reciprocalRank);
    }),
  );
});

test.each<[number[], number, string]>([
  [[], 10, "ranks must have one of a relevant item, got none"],
  [[2, 1], 10, "ranks must ascend from 1, got 2,1"],
  [[0], 10, "ranks must ascend from 1, got 0"],
  [[Number.NaN], 10, "ranks must ascend from 1, got NaN"],
  [[1], 0, "k must be a positive integer, got 0"],
  [[1], 2.5, "k must be a positive integer, got 2.5"],
])("ranks %j at k %d are refused", (drawn, k, message) => {
  expect(() => measureAccuracy(drawn, k)).toThrow(message);
});
