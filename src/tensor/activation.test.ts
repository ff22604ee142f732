import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { gelu, silu, swiglu } from "./activation.ts";
import { createGraph, type Graph, input, parameter } from "./graph.ts";

const points = [-6, -1.5, -0.5, 0, 0.3, 1, 2.5, 7];

test.each([
  // torch.nn.functional.gelu(x, approximate="tanh") of −1, 1, 2: −0.158808, 0.841192, 1.954598.
  ["gelu", gelu, [-0.158808, 0.841192, 1.954598]],
  // x/(1 + e^−x): −0.268941, 0.731059, 1.761594.
  ["silu", silu, [-0.268941, 0.731059, 1.761594]],
] as const)("%s has its known values and a right gradient", async (_, operation, expected) => {
  const got = await evaluate((graph) => operation(input(graph, "x", [3])), {
    x: Float32Array.of(-1, 1, 2),
  });
  for (const [index, value] of got.entries()) expect(value).toBeCloseTo(expected[index]!, 5);
  await checkGradient({
    build: (graph) => {
      const x = parameter(graph, "x", [points.length]);
      return { loss: weightedSum(operation(x)), parameters: [x] };
    },
    feeds: { x: Float64Array.from(points) },
  });
});

test("swiglu gates the second half of the last axis by the first", async () => {
  const build = (graph: Graph) => swiglu(input(graph, "x", [2, 4]));
  const got = await evaluate(build, { x: Float32Array.of(1, 2, 3, 4, -1, 0, 10, 20) });
  // silu(1)·3, silu(2)·4, silu(−1)·10, silu(0)·20.
  const expected = [2.193176, 7.046377, -2.689414, 0];
  for (const [index, value] of got.entries()) expect(value).toBeCloseTo(expected[index]!, 5);
  await checkGradient({
    build: (graph) => {
      const x = parameter(graph, "x", [2, 4]);
      return { loss: weightedSum(swiglu(x)), parameters: [x] };
    },
    feeds: { x: Float64Array.from(points) },
  });
});

test("swiglu refuses an odd width", () => {
  const value = input(createGraph(), "x", [2, 3]);
  expect(() => swiglu(value)).toThrow("swiglu: expected an even last axis, got [2, 3]");
});
