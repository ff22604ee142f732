import { expect, test } from "vitest";
import { evaluate } from "../../tests/support/check-gradient.ts";
import { clipGlobalNorm } from "./clip.ts";
import { createGraph, input } from "./graph.ts";
import { concat } from "./layout.ts";

const clipped = (bound: number | undefined, a: readonly number[], b: readonly number[]) =>
  evaluate(
    (graph) => concat(clipGlobalNorm([input(graph, "a", [2]), input(graph, "b", [1])], bound), 0),
    { a: Float32Array.from(a), b: Float32Array.from(b) },
  );

test("gradients keep their direction and get the bound as their common length", async () => {
  // ‖(2, 3, 6)‖ = 7.
  const got = await clipped(3.5, [2, 3], [6]);
  for (const [index, value] of got.entries()) expect(value).toBeCloseTo([1, 1.5, 3][index]!, 6);
});

test("shorter gradients, those of length 0 and those without a bound stay as they are", async () => {
  expect(await clipped(7.5, [2, 3], [6])).toEqual([2, 3, 6]);
  expect(await clipped(1, [0, 0], [0])).toEqual([0, 0, 0]);
  expect(await clipped(undefined, [2, 3], [6])).toEqual([2, 3, 6]);
});

test("a bound must be positive", () => {
  expect(() => clipGlobalNorm([input(createGraph(), "a", [])], 0)).toThrow(
    "clipNorm must be above 0, got 0",
  );
});
