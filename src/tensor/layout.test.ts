import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { createGraph, type Graph, input, type Precision, parameter } from "./graph.ts";
import { concat, reshape, slice, transpose } from "./layout.ts";

const x = Float32Array.of(0, 1, 2, 3, 4, 5);
const matrix = (graph: Graph<Precision>) => input(graph, "x", [2, 3]);

test("reshape keeps the row-major order", async () => {
  const build = (graph: Graph) => transpose(reshape(matrix(graph), [3, 2]), [1, 0]);
  // [[0, 1], [2, 3], [4, 5]] transposed
  expect(await evaluate(build, { x })).toEqual([0, 2, 4, 1, 3, 5]);
});

test("transpose puts axis permutation[i] at axis i", async () => {
  // Element [i, j, k] of [1, 2, 3] is 3j + k; as [k, i, j] it reads k first.
  const build = (graph: Graph) => transpose(input(graph, "x", [1, 2, 3]), [2, 0, 1]);
  expect(await evaluate(build, { x })).toEqual([0, 3, 1, 4, 2, 5]);
});

test("concat joins along the axis", async () => {
  const y = Float32Array.of(8, 9);
  const build = (graph: Graph) => concat([matrix(graph), input(graph, "y", [2, 1])], -1);
  expect(await evaluate(build, { x, y })).toEqual([0, 1, 2, 8, 3, 4, 5, 9]);
});

test("slice takes start to end − 1", async () => {
  const build = (graph: Graph) => slice(matrix(graph), { axis: -1, start: 1, end: 3 });
  expect(await evaluate(build, { x })).toEqual([1, 2, 4, 5]);
});

test("gradients find their way back through reshape, transpose, concat and slice", async () => {
  await checkGradient({
    build: (graph) => {
      const a = parameter(graph, "a", [2, 3, 2]);
      const b = parameter(graph, "b", [3, 2]);
      const turned = transpose(a, [1, 2, 0]);
      const joined = concat([turned, reshape(b, [3, 2, 1])], 2);
      const middle = slice(joined, { axis: 2, start: 1, end: 3 });
      return { loss: weightedSum(concat([middle, joined], 2)), parameters: [a, b] };
    },
    feeds: {
      a: Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)),
      b: Float64Array.from({ length: 6 }, (_, i) => Math.cos(i)),
    },
  });
});

test("shapes that do not fit are named", () => {
  const value = matrix(createGraph());
  expect(() => reshape(value, [4])).toThrow(
    "reshape: expected the same number of elements, got [2, 3] and [4]",
  );
  expect(() => transpose(value, [0, 0])).toThrow(
    "transpose: expected a permutation of its axes, not 0,0, got [2, 3]",
  );
  expect(() => concat([value, input(value.graph, "y", [2])], 0)).toThrow(
    "concat: expected shapes that are equal outside axis 0, got [2, 3] and [2]",
  );
  expect(() => concat([], 0)).toThrow("concat: expected at least one value, got none");
  expect(() => slice(value, { axis: 1, start: 2, end: 4 })).toThrow(
    "slice: expected 0 ≤ start < end ≤ 3, not 2 and 4, got [2, 3]",
  );
  expect(() => slice(value, { axis: 1, start: 2, end: 2 })).toThrow("not 2 and 2");
});
