import fc from "fast-check";
import { expect, test } from "vitest";
import { bestItems, rankItems } from "./rank-items.ts";

const seen = (...items: number[]) => new Set(items);

/** An item that shares its score with no other. */
const alone = (rank: number) => ({ above: rank - 1, size: 1, relevant: 1 });

test("items that the user has seen take no place", () => {
  const scores = [9, 5, 8, 7, 1];
  expect(rankItems({ scores, seen: seen() }, [3])).toEqual([alone(3)]);
  expect(rankItems({ scores, seen: seen(0, 4) }, [3])).toEqual([alone(2)]);
  expect(bestItems({ scores, seen: seen(0, 4) }, 2)).toEqual([2, 3]);
});

test("equal scores share their places", () => {
  const scores = [1, 3, 1, 2, 1, 3, 1];
  expect(rankItems({ scores, seen: seen(6) }, [2])).toEqual([{ above: 3, size: 3, relevant: 1 }]);
  expect(rankItems({ scores, seen: seen() }, [2, 5, 4, 3])).toEqual([
    { above: 0, size: 2, relevant: 1 },
    { above: 2, size: 1, relevant: 1 },
    { above: 3, size: 4, relevant: 2 },
  ]);
});

test("a relevant item that was seen is never shown", () => {
  expect(rankItems({ scores: [3, 2, 1], seen: seen(0) }, [0])).toEqual([]);
  expect(rankItems({ scores: [3, 2, 1], seen: seen(0) }, [0, 2])).toEqual([alone(2)]);
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
        relevant.map((item) => alone(order.indexOf(item) + 1)),
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
