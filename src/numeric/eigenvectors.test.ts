import { expect, test } from "vitest";
import { dot } from "./dot.ts";
import { largestEigenvectors } from "./eigenvectors.ts";

/** Σ λ·v·vᵀ */
function compose(size: number, parts: readonly (readonly [number, Float64Array])[]) {
  const matrix = new Float64Array(size * size);
  for (const [value, vector] of parts)
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++)
        matrix[row * size + column]! += value * vector[row]! * vector[column]!;
  return matrix;
}

test("eigenvectors come back in the order of their size, with the sign of their values", () => {
  const half = Math.SQRT1_2;
  const [one, other, third] = [
    Float64Array.of(half, half, 0, 0),
    Float64Array.of(half, -half, 0, 0),
    Float64Array.of(0, 0, 1, 0),
  ];
  const matrix = compose(4, [
    [5, one],
    [-3, other],
    [1, third],
  ]);
  const found = largestEigenvectors(matrix, 4, 3);
  expect(found.map(({ value }) => Number(value.toFixed(9)))).toEqual([5, -3, 1]);
  for (const [index, vector] of [one, other, third].entries())
    expect(Math.abs(dot(found[index]!.vector, vector))).toBeCloseTo(1, 9);
});

test("no more vectors are found than the matrix has", () => {
  expect(largestEigenvectors(Float64Array.of(2), 1, 4)).toEqual([
    { value: 2, vector: Float64Array.of(1) },
  ]);
});
