import { expect, test } from "vitest";
import { bisect } from "./bisect.ts";

test("the turn of a monotone condition is found to the last bit", () => {
  const root = bisect((x) => x * x < 2, 0, 2);
  expect(Math.abs(root - Math.SQRT2)).toBeLessThanOrEqual(Number.EPSILON);
});

test("a condition that never turns gives the end", () => {
  expect(bisect(() => false, 0, 1)).toBeLessThan(1e-300);
  expect(bisect(() => true, 0, 1)).toBeCloseTo(1, 15);
});
