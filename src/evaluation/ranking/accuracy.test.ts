import fc from "fast-check";
import { expect, test } from "vitest";
import { type Accuracy, measureAccuracy } from "./accuracy.ts";
import type { TiedItems } from "./rank-items.ts";

/** Relevant items at these ranks, none of them tied. */
const measureRanks = (ranks: readonly number[], k: number) =>
  measureAccuracy(
    ranks.map((rank) => ({ above: rank - 1, size: 1, relevant: 1 })),
    { relevant: ranks.length, k },
  );

test("one relevant item at rank 3 gives the numbers by hand", () => {
  // DCG 1/log2(4); the ideal is 1/log2(2) = 1.
  expect(measureRanks([3], 10)).toEqual({
    hitRate: 1,
    recall: 1,
    ndcg: 0.5,
    reciprocalRank: 1 / 3,
    averagePrecision: 1 / 3,
  });
  expect(Object.values(measureRanks([11], 10))).toEqual([0, 0, 0, 0, 0]);
  expect(Object.values(measureAccuracy([], { relevant: 1, k: 10 }))).toEqual([0, 0, 0, 0, 0]);
});

test("relevant items at ranks 1, 3, 6 and 20 give the numbers by hand", () => {
  const { hitRate, recall, ndcg, reciprocalRank, averagePrecision } = measureRanks(
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
  expect(measureRanks([1, 2, 3], 2)).toMatchObject({ ndcg: 1, averagePrecision: 1 });
  expect(measureRanks([1, 2, 3], 2).recall).toBeCloseTo(2 / 3, 14);
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
      const here = measureRanks(drawn, k);
      const first = drawn[0]!;
      const higher = measureRanks(first === 1 ? drawn : drawn.map((rank) => rank - 1), k);
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
      const [here, wider] = [measureRanks(drawn, k), measureRanks(drawn, k + 1)];
      for (const metric of ["hitRate", "recall", "reciprocalRank"] as const)
        expect(wider[metric]).toBeGreaterThanOrEqual(here[metric]);
    }),
  );
});

test("with one relevant item recall is the hit rate, and average precision the reciprocal rank", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), cut, (rank, k) => {
      const accuracy = measureRanks([rank], k);
      expect(accuracy.recall).toBe(accuracy.hitRate);
      expect(accuracy.averagePrecision).toBe(accuracy.reciprocalRank);
    }),
  );
});

test("where all scores are equal every metric is what drawing lots gives", () => {
  const { hitRate, ndcg, reciprocalRank } = measureAccuracy([{ above: 0, size: 18, relevant: 1 }], {
    relevant: 1,
    k: 10,
  });
  const places = Array.from({ length: 10 }, (_, index) => index + 1);
  const overPlaces = (gain: (rank: number) => number) =>
    places.reduce((sum, rank) => sum + gain(rank), 0) / 18;
  expect(hitRate).toBeCloseTo(10 / 18, 14);
  expect(ndcg).toBeCloseTo(
    overPlaces((rank) => 1 / Math.log2(rank + 1)),
    14,
  );
  expect(reciprocalRank).toBeCloseTo(
    overPlaces((rank) => 1 / rank),
    14,
  );
});

/** All orders of tied items, as ranks of the relevant ones. */
function listOrders({ above, size, relevant }: TiedItems): number[][] {
  if (relevant === 0) return [[]];
  return Array.from({ length: size }, (_, index) => index + 1).flatMap((step) =>
    listOrders({ above: above + step, size: size - step, relevant: relevant - 1 }).map((ranks) => [
      above + step,
      ...ranks,
    ]),
  );
}

const tied = fc
  .tuple(fc.nat(3), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .map(([gap, size, relevant]) => ({ gap, size, relevant: Math.min(size, relevant) }));

test("where items are tied every metric is its mean over all orders of them", () => {
  const unreachable = fc.nat(2);
  fc.assert(
    fc.property(tied, tied, unreachable, fc.integer({ min: 1, max: 15 }), (one, two, none, k) => {
      const first = { above: one.gap, size: one.size, relevant: one.relevant };
      const above = one.gap + one.size + two.gap;
      const second = { above, size: two.size, relevant: two.relevant };
      const relevant = one.relevant + two.relevant + none;
      const lost = Array.from({ length: none }, () => Number.POSITIVE_INFINITY);
      const orders = listOrders(first).flatMap((start) =>
        listOrders(second).map((end) => measureRanks([...start, ...end, ...lost], k)),
      );
      const expected = measureAccuracy([first, second], { relevant, k });
      for (const metric of metrics) {
        const mean = orders.reduce((sum, order) => sum + order[metric], 0) / orders.length;
        expect(expected[metric]).toBeCloseTo(mean, 12);
      }
    }),
  );
});

test.each<[number, number, string]>([
  [0, 10, "relevant must be an integer from 2, all that have a place among them, got 0"],
  [1, 10, "relevant must be an integer from 2, all that have a place among them, got 1"],
  [2, 0, "k must be a positive integer, got 0"],
  [2, 2.5, "k must be a positive integer, got 2.5"],
])("%d relevant items at k %d are refused", (relevant, k, message) => {
  const ties = [{ above: 0, size: 3, relevant: 2 }];
  expect(() => measureAccuracy(ties, { relevant, k })).toThrow(message);
});

test.each([
  ["overlap", { above: 2, size: 1, relevant: 1 }],
  ["have no relevant item", { above: 3, size: 1, relevant: 0 }],
  ["have more relevant items than places", { above: 3, size: 1, relevant: 2 }],
  ["stand nowhere", { above: Number.NaN, size: 1, relevant: 1 }],
])("ties that %s are refused", (_, second) => {
  const ties = [{ above: 0, size: 3, relevant: 2 }, second];
  expect(() => measureAccuracy(ties, { relevant: 9, k: 10 })).toThrow(
    `ties must stand below each other with 1 to size relevant items, got ${JSON.stringify(second)} after place 3`,
  );
});
