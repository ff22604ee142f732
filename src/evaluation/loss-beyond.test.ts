import { expect, test } from "vitest";
import { lossBeyond } from "./loss-beyond.ts";

const even = (rows: number) => ({
  rowWeights: {
    difference: new Float64Array(rows).fill(1),
    serving: new Float64Array(rows).fill(1),
  },
});

test("the mass beyond the limit loses what its rows and the uniform choice lose, one standard error below", () => {
  const { loss, error } = lossBeyond(even(4), {
    deviations: Float64Array.of(0.2, -0.4, 0.2, -0.8),
    beyond: Float64Array.of(0, 3, 3, 0),
    uniform: Float64Array.of(1, 1, 1, 1),
  });
  // Two rows of mean −0.1 and one of −0.2; squares 0.04, 0.16, 0.04, 0.64.
  expect(error).toBeCloseTo(Math.sqrt(0.22 / 3), 14);
  expect(loss).toBeCloseTo((2 * 0.1 + 0.2) / 3 + error, 14);
});

test("of rows that nobody drew it is the uniform choice's, and never more than the worst row's", () => {
  const deviations = Float64Array.of(0.1, -0.3, 0.1);
  const nothing = new Float64Array(3);
  const uniform = Float64Array.of(1, 1, 1);
  const drawn = lossBeyond(even(3), { deviations, beyond: nothing, uniform });
  expect(drawn.loss).toBeCloseTo(0.1 / 3 + Math.sqrt(0.11 / 3), 14);
  const all = Float64Array.of(0, 1, 0);
  expect(lossBeyond(even(3), { deviations, beyond: all, uniform: all }).loss).toBeCloseTo(0.3, 14);
});

test("rows that are better by more than chance explains lose nothing", () => {
  const rows = 400;
  const deviations = Float64Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? 0.5 : -0.5));
  const beyond = deviations.map((deviation) => (deviation > 0 ? 1 : 0));
  const uniform = new Float64Array(rows).fill(1);
  expect(lossBeyond(even(rows), { deviations, beyond, uniform }).loss).toBe(0);
});

test("rows with more losses than all have the larger error that belongs to them", () => {
  const deviations = Float64Array.from({ length: 100 }, (_, row) => (row < 5 ? -0.9 : 0.1));
  const beyond = deviations.map((_, row) => (row < 10 ? 1 : 0));
  const uniform = new Float64Array(100).fill(1);
  const { error } = lossBeyond(even(100), { deviations, beyond, uniform });
  // Squares: 0.41 of the ten rows, 0.05 of all.
  expect(error).toBeCloseTo(Math.sqrt((10 * 0.41 + 0.05) / 11 / 11), 14);
});
