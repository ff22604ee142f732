import { expect, test } from "vitest";
import { minimise } from "./minimise.ts";

/** Rosenbrock 1960: a curved valley with its minimum 0 at (1, 1). */
const rosenbrock = ([x = 0, y = 0]: Float64Array, gradient: Float64Array) => {
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

test("a curved valley is followed to its end, and the value never rises", () => {
  const start = Float64Array.of(-1.2, 1);
  const { x, values } = minimise(rosenbrock, start, { iterations: 200, tolerance: 0 });
  expect(x[0]).toBeCloseTo(1, 6);
  expect(x[1]).toBeCloseTo(1, 6);
  for (const [index, value] of values.entries())
    expect(value).toBeLessThanOrEqual(values[index - 1] ?? value);
  expect([...start]).toEqual([-1.2, 1]);
});

test("it ends where it starts in a minimum, and after the iterations that it was given", () => {
  const still = minimise(rosenbrock, Float64Array.of(1, 1), { iterations: 9, tolerance: 0 });
  expect([...still.x]).toEqual([1, 1]);
  const few = minimise(rosenbrock, Float64Array.of(-1.2, 1), { iterations: 3, tolerance: 0 });
  expect(few.values.length).toBe(4);
});
