import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { type Graph, input, parameter } from "./graph.ts";

const row = Float32Array.of(1, 2, 4);
const column = Float32Array.of(2, -8);

// [[2], [−8]] with [1, 2, 4]: the result is [2, 3], row by row.
test.each([
  ["add", add, [3, 4, 6, -7, -6, -4]],
  ["subtract", subtract, [1, 0, -2, -9, -10, -12]],
  ["multiply", multiply, [2, 4, 8, -8, -16, -32]],
  ["divide", divide, [2, 1, 0.5, -8, -4, -2]],
] as const)("%s broadcasts a column with a row", async (_, operation, expected) => {
  const build = (graph: Graph) =>
    operation(input(graph, "column", [2, 1]), input(graph, "row", [3]));
  expect(await evaluate(build, { row, column })).toEqual(expected);
});

test("a number stands for a constant on either side", async () => {
  const difference = await evaluate((graph) => subtract(1, input(graph, "row", [3])), { row });
  const quotient = await evaluate((graph) => divide(input(graph, "row", [3]), 2), { row });
  expect(difference).toEqual([0, -1, -3]);
  expect(quotient).toEqual([0.5, 1, 2]);
});

test("a value used on both sides gets both gradients", async () => {
  // x² + x/x has derivative 2x.
  await checkGradient({
    build: (graph) => {
      const x = parameter(graph, "x", [3]);
      return { loss: weightedSum(add(multiply(x, x), divide(x, x))), parameters: [x] };
    },
    feeds: { x: Float64Array.of(0.5, -2, 3) },
  });
});
