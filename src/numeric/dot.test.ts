import { expect, test } from "vitest";
import { dot, dotRow } from "./dot.ts";

const matrix = Float64Array.of(1, 2, 3, 4, 5, 6);

test("a product of two vectors is the sum over their places, 0 of none", () => {
  expect(dot(Float64Array.of(1, -2, 3), Float64Array.of(4, 5, 0.5))).toBe(-4.5);
  expect(dot(new Float64Array(), new Float64Array())).toBe(0);
});

test("sums run in the order of the places, on which the last bits depend", () => {
  const ones = Float64Array.of(1, 1, 1);
  expect(dot(Float64Array.of(1, 1e17, -1e17), ones)).toBe(0);
  expect(dot(Float64Array.of(1e17, -1e17, 1), ones)).toBe(1);
});

test("a row is multiplied from its start on, as far as the vector goes", () => {
  expect(dotRow(matrix, 3, Float64Array.of(1, 10, 100))).toBe(654);
  expect(dotRow(matrix, 2, Float64Array.of(1, 10))).toBe(43);
});
