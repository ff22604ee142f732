import { expect, test } from "vitest";
import { createSecureNoise } from "./secure-noise.ts";

const count = 40_000;
const draw = (next: () => number) => Array.from({ length: count }, next);
const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

// Six standard errors: a draw that nobody can repeat may fail once in 500 million runs.
test("normal numbers have mean 0, deviation 1 and the normal's fourth moment", () => {
  const values = draw(createSecureNoise().normal);
  expect(Math.abs(meanOf(values))).toBeLessThan(6 / Math.sqrt(count));
  const square = meanOf(values.map((value) => value ** 2));
  expect(Math.abs(square - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
  const fourth = meanOf(values.map((value) => value ** 4));
  expect(Math.abs(fourth - 3)).toBeLessThan(6 * Math.sqrt(96 / count));
});

test("uniform numbers are in [0, 1) with mean one half, and no two sources are alike", () => {
  const [one, other] = [createSecureNoise(), createSecureNoise()];
  const values = draw(one.uniform);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(Math.abs(meanOf(values) - 0.5)).toBeLessThan(6 / Math.sqrt(12 * count));
  expect(draw(other.uniform).slice(0, 4)).not.toEqual(values.slice(0, 4));
});
