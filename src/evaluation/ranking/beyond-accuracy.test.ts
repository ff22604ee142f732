import fc from "fast-check";
import { expect, test } from "vitest";
import {
  catalogueCoverage,
  giniIndex,
  intraListDiversity,
  novelty,
  setCosine,
} from "./beyond-accuracy.ts";

test("three lists of a catalogue of eight give the numbers by hand", () => {
  const lists = [
    [0, 1],
    [0, 2],
    [0, 1],
  ];
  expect(catalogueCoverage(lists, 8)).toBe(3 / 8);
  // Of seven users all had item 0, three item 1, none item 2: log2(8/8), log2(8/4), log2(8/1).
  expect(novelty(lists, { userCounts: [7, 3, 0, 0, 0, 0, 0, 0], users: 7 })).toBe(
    (3 * 0 + 2 * 1 + 1 * 3) / 6,
  );
  // Ascending 0 (five times), 1, 2, 3 of six: (3·1 + 5·2 + 7·3)/(8·6).
  expect(giniIndex(lists, 8)).toBeCloseTo(34 / 48, 14);
  const similarity = (a: number, b: number) => (a + b === 1 ? 0.5 : 0);
  expect(intraListDiversity(lists, similarity)).toBeCloseTo((0.5 + 1 + 0.5) / 3, 14);
});

test("a list of one item has no pairs and does not count", () => {
  expect(intraListDiversity([[3], [1, 2]], () => 0.25)).toBe(0.75);
  expect(intraListDiversity([[3], [1]], () => 0.25)).toBeNaN();
});

test("the Gini index is 0 where all are shown alike and (n − 1)/n where one is all", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), (n) => {
      const all = Array.from({ length: n }, (_, item) => item);
      expect(giniIndex([all, all], n)).toBeCloseTo(0, 12);
      expect(giniIndex([[0], [0]], n)).toBeCloseTo((n - 1) / n, 12);
    }),
  );
});

test("the Gini index is the mean difference of pairs over twice the mean", () => {
  const counts = fc.array(fc.nat(9), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(
      counts.filter((drawn) => drawn.some((count) => count > 0)),
      (drawn) => {
        const list = drawn.flatMap((count, item) => Array.from({ length: count }, () => item));
        const differences = drawn.flatMap((a) => drawn.map((b) => Math.abs(a - b)));
        const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
        const expected = sum(differences) / drawn.length ** 2 / (2 * (sum(drawn) / drawn.length));
        expect(giniIndex([list], drawn.length)).toBeCloseTo(expected, 12);
      },
    ),
  );
});

test("the cosine of sets counts what they share", () => {
  expect(setCosine([1, 2, 5, 9], [2, 9, 11])).toBeCloseTo(2 / Math.sqrt(12), 14);
  expect(setCosine([1, 2], [])).toBe(0);
  expect(setCosine([1, 2], [1, 2])).toBeCloseTo(1, 14);
});

test("no lists are refused", () => {
  expect(() => novelty([], { userCounts: [1], users: 1 })).toThrow("lists must have items");
});
