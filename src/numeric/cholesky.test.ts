import fc from "fast-check";
import { expect, test } from "vitest";
import {
  factorise,
  factoriseUpper,
  solveTransposed,
  solveUpper,
  updateFactor,
} from "./cholesky.ts";

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

const vector = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
  minLength: 3,
  maxLength: 3,
});

test("a factor that is updated is the factor of the matrix that is updated", () => {
  fc.assert(
    fc.property(
      fc.array(vector, { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0.5, max: 1, noNaN: true }),
      (vectors, keep) => {
        const matrix = Float64Array.of(2, 0, 0, 0, 3, 0, 0, 0, 1);
        const updated = matrix.slice();
        factoriseUpper(updated, 3);
        for (const x of vectors) {
          for (let cell = 0; cell < 9; cell++)
            matrix[cell] = keep * matrix[cell]! + x[Math.floor(cell / 3)]! * x[cell % 3]!;
          updateFactor(updated, 3, { x: Float64Array.from(x), keep });
        }
        for (let cell = 0; cell < 9; cell++) {
          const [row, column] = [Math.floor(cell / 3), cell % 3];
          let product = 0;
          for (let k = 0; k <= Math.min(row, column); k++)
            product += updated[k * 3 + row]! * updated[k * 3 + column]!;
          expect(Math.abs(product - matrix[cell]!)).toBeLessThan(1e-12 * (1 + matrix[0]! + 1e3));
        }
      },
    ),
  );
});

test("both triangles are solved: R⁻¹·R⁻ᵀ·A·x is x", () => {
  const factor = Float64Array.of(4, 2, 0, Number.NaN, 5, 3, Number.NaN, Number.NaN, 6);
  factoriseUpper(factor, 3);
  const x = Float64Array.of(0, 1, 12);
  solveTransposed(factor, 3, x);
  solveUpper(factor, 3, x);
  for (const [index, value] of [1, -2, 3].entries()) expect(x[index]).toBeCloseTo(value, 13);
});
