import { expect, test } from "vitest";
import { factorise } from "./cholesky.ts";

test("it solves a system with a known solution", () => {
  // [[4, 2, 0], [2, 5, 3], [0, 3, 6]]·[1, −2, 3] = [0, 1, 12]; the upper triangle is not read.
  const matrix = Float64Array.of(4, Number.NaN, Number.NaN, 2, 5, Number.NaN, 0, 3, 6);
  const [x, y, z] = factorise(matrix, 3)(Float64Array.of(0, 1, 12));
  expect(x).toBeCloseTo(1, 13);
  expect(y).toBeCloseTo(-2, 13);
  expect(z).toBeCloseTo(3, 13);
});

test("a matrix that is not positive definite is refused", () => {
  expect(() => factorise(Float64Array.of(1, 0, 2, 4), 2)).toThrow(/not positive definite at row 1/);
});
