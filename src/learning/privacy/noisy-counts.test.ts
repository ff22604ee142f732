import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import {
  choosePaired,
  countPrivately,
  countsOf,
  longestCounts,
  pairPrivately,
  pairsOf,
} from "./noisy-counts.ts";

const items = 40;
const everyPlace = Int32Array.from({ length: items }, (_, item) => item);
const codes = fc.array(fc.integer({ min: -items, max: items - 1 }), { maxLength: 200 });

test("a user's part in counts and pairs is never longer than its bound", () => {
  fc.assert(
    fc.property(codes, (own) => {
      const counts = countsOf(own);
      expect(counts.share * Math.sqrt(counts.items.length)).toBeLessThanOrEqual(
        longestCounts + 1e-12,
      );
      const pairs = pairsOf(own, everyPlace);
      const count = (pairs.items.length * (pairs.items.length - 1)) / 2;
      expect(pairs.share * Math.sqrt(count)).toBeLessThanOrEqual(1 + 1e-12);
    }),
    { seed: 1 },
  );
});

const silent = { uniform: () => 0, normal: () => 0 };

test("without noise each user counts an item once, and pairs of chosen items together one", () => {
  const sequences = [[0, 1, 0, -3], [1], [2, 0, 1]];
  expect([...countPrivately(sequences, { items: 3, noise: 1, source: silent })]).toEqual([2, 3, 1]);
  const options = { items: 3, noise: 1, source: silent };
  const pairs = pairPrivately(sequences, Int32Array.of(0, 1), options);
  expect([...pairs]).toEqual([0, 2, 2, 0]);
});

test("noise has the stated deviation, in every item and every pair", () => {
  const size = 200;
  const noise = 2.5;
  const paired = Int32Array.from({ length: size }, (_, item) => item);
  const options = { items: size, noise, source: createRandom(3) };
  const matrix = pairPrivately([], paired, options);
  const above = [...matrix].filter((_, cell) => cell % size > Math.floor(cell / size));
  const deviation = Math.sqrt(above.reduce((sum, value) => sum + value * value, 0) / above.length);
  // Of an estimated deviation σ/√(2n).
  expect(Math.abs(deviation - noise)).toBeLessThan((4 * noise) / Math.sqrt(2 * above.length));
  for (let row = 0; row < size; row++)
    for (let column = 0; column < row; column++)
      expect(matrix[row * size + column]).toBe(matrix[column * size + row]);
  // Every user is in each count: none of the sums falls below 0.
  const everyone = Array.from({ length: 200 }, () => [...paired.slice(0, 16)]);
  const counts = countPrivately(everyone, { ...options, items: 16, noise: 1 });
  const square = counts.reduce((sum, count) => sum + (count - 200) ** 2, 0) / 16;
  expect(Math.abs(square / longestCounts ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / 16));
});

test("items with the most users are paired, in their order", () => {
  const counts = Float32Array.from({ length: 5000 }, (_, item) => (item % 2 === 0 ? 9 : 1));
  const paired = choosePaired(counts);
  expect(paired.length).toBe(4096);
  expect([...paired.slice(0, 3)]).toEqual([0, 1, 2]);
  expect(paired.filter((item) => item % 2 === 0).length).toBe(2500);
});
