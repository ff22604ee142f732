import { expect, test } from "vitest";
import { createMoments } from "./moments.ts";

test("means and products of deviations of a few rows, by hand", () => {
  const moments = createMoments(2);
  for (const row of [
    [1, 10],
    [2, 30],
    [6, 20],
  ])
    moments.add(Float64Array.from(row));
  expect(moments.count).toBe(3);
  expect([moments.mean(0), moments.mean(1)]).toEqual([3, 20]);
  expect(moments.comoment(0, 0)).toBeCloseTo(4 + 1 + 9, 12);
  expect(moments.comoment(0, 1)).toBeCloseTo(20 - 10 + 0, 12);
  expect(moments.comoment(1, 0)).toBe(moments.comoment(0, 1));
  expect(moments.comoment(1, 1)).toBeCloseTo(200, 12);
});

test("a large offset costs no digits", () => {
  const moments = createMoments(1);
  for (const value of [1e9, 1e9 + 1, 1e9 + 2]) moments.add(Float64Array.of(value));
  expect(moments.comoment(0, 0)).toBe(2);
});
