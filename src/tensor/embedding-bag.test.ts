import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { embeddingBag } from "./embedding-bag.ts";
import { createGraph, type Graph, input, type Precision, parameter } from "./graph.ts";

function build(graph: Graph<Precision>) {
  const table = parameter(graph, "table", [3, 2]);
  const weights = parameter(graph, "weights", [2, 2]);
  const bags = embeddingBag(table, input(graph, "indices", [2, 2], "int32"), weights);
  return { bags, parameters: [table, weights] };
}
const values = { table: [1, 2, 3, 4, 5, 6], weights: [1, 0.5, 2, 0] };
const indices = Int32Array.of(0, 2, 1, 1);

test("a bag is the weighted sum of its rows, with right gradients", async () => {
  const got = await evaluate((graph) => build(graph).bags, {
    table: Float32Array.from(values.table),
    weights: Float32Array.from(values.weights),
    indices,
  });
  expect(got).toEqual([3.5, 5, 6, 8]);
  await checkGradient({
    build: (graph) => {
      const { bags, parameters } = build(graph);
      return { loss: weightedSum(bags), parameters };
    },
    feeds: {
      table: Float64Array.from(values.table),
      weights: Float64Array.from(values.weights),
      indices,
    },
  });
});

test("weights must be in the shape of the indices", () => {
  const graph = createGraph();
  const table = parameter(graph, "table", [3, 2]);
  const bags = input(graph, "indices", [2, 2], "int32");
  expect(() => embeddingBag(table, bags, input(graph, "weights", [2]))).toThrow(
    "embeddingBag: expected [bags, slots] twice, got [2, 2] and [2]",
  );
});
