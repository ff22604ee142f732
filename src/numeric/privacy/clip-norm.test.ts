import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { clipNorm } from "./clip-norm.ts";

/** Exact: a float32 is a multiple of 2⁻¹⁴⁹, as are the bounds here. */
const toWhole = (value: number) => BigInt(value * 2 ** 149);
const squareOf = (values: Iterable<number>) => {
  let sum = 0n;
  for (const value of values) sum += toWhole(value) ** 2n;
  return sum;
};

test("a clipped vector is never longer than its bound, in exact arithmetic", () => {
  const random = createRandom(1);
  for (const size of [1, 3, 1000, 30_000])
    for (const scale of [1e-30, 1e-3, 1, 1e20, 1e38])
      for (const bound of [0.5, 0.7, 1, 1e6]) {
        const values = Float32Array.from({ length: size }, () => scale * (random.uniform() - 0.5));
        clipNorm(values, bound);
        expect(squareOf(values) <= toWhole(bound) ** 2n).toBe(true);
      }
});

test("a vector within its bound stays as it is, and a longer one keeps its direction and nearly the bound", () => {
  const short = Float32Array.of(0.3, -0.4);
  clipNorm(short, 0.51);
  expect(short).toEqual(Float32Array.of(0.3, -0.4));
  const long = Float32Array.of(3, -4, 0);
  clipNorm(long, 1);
  expect(long[0]).toBeCloseTo(0.6, 5);
  expect(long[1]).toBeCloseTo(-0.8, 5);
  expect(Math.hypot(...long)).toBeGreaterThan(1 - 2e-6);
});

test("a vector that is not finite is no vector any more", () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const values = Float32Array.of(1, wrong);
    clipNorm(values, 1);
    expect(values.some(Number.isNaN)).toBe(true);
  }
});
