import fc from "fast-check";
import { expect, test } from "vitest";
import { bestItems, rankItems } from "./rank-items.ts";

const seen = (...items: number[]) => new Set(items);

test("items that the user has seen take no place", () => {
  const scores = [9, 5, 8, 7, 1];
  expect(rankItems({ scores, seen: seen() }, [3])).toEqual([3]);
  expect(rankItems({ scores, seen: seen(0, 4) }, [3])).toEqual([2]);
  expect(bestItems({ scores, seen: seen(0, 4) }, 2)).toEqual([2, 3]);
});

test("equal scores share the mean of their places, and relevant items don't stand in each other's way", () => {
  const scores = [1, 1, 1, 1, 1];
  // Places 1 … 5: their mean is 3.
  expect(rankItems({ scores, seen: seen() }, [2])).toEqual([3]);
  // Three others share places with two relevant ones: half of them come before.
  expect(rankItems({ scores, seen: seen() }, [2, 4])).toEqual([2.5, 3.5]);
});

test("a relevant item that was seen is never shown", () => {
  expect(rankItems({ scores: [3, 2, 1], seen: seen(0) }, [0])).toEqual([Number.POSITIVE_INFINITY]);
  expect(rankItems({ scores: [3, 2, 1], seen: seen(0) }, [0, 2])).toEqual([
    2,
    Number.POSITIVE_INFINITY,
  ]);
});

test("without ties ranks and best items are those of a sort", () => {
  const scores = fc.uniqueArray(fc.integer(), { minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(scores, fc.nat(), fc.integer({ min: 1, max: 40 }), (drawn, pick, k) => {
      const hidden = seen(pick % drawn.length);
      const order = drawn
        .map((_, item) => item)
        .filter((item) => !hidden.has(item))
        .sort((a, b) => drawn[b]! - drawn[a]!);
      expect(bestItems({ scores: drawn, seen: hidden }, k)).toEqual(order.slice(0, k));
      const relevant = order.filter((_, index) => index % 3 === 1);
      expect(rankItems({ scores: drawn, seen: hidden }, relevant)).toEqual(
        relevant.map((item) => order.indexOf(item) + 1),
      );
    }),
  );
});

test.each<[number[], number[], string]>([
  [[1, Number.NaN], [0], "scores[1] must be finite, got NaN"],
  [[1, 2], [2], "relevant items must be in [0, 2), got 2"],
])("scores %j with relevant items %j are refused", (scores, relevant, message) => {
  expect(() => rankItems({ scores, seen: seen() }, relevant)).toThrow(message);
});
