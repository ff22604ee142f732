import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { broadcastTo, type Reduction, sum } from "./broadcasting.ts";
import { createGraph, type Graph, input, parameter } from "./graph.ts";

const x = Float32Array.of(1, 2, 3, 4, 5, 6);

test.each<[Reduction, number[], number[]]>([
  [{}, [], [21]],
  [{ keepDims: true }, [1, 1], [21]],
  [{ axes: [0] }, [3], [5, 7, 9]],
  [{ axes: [-1], keepDims: true }, [2, 1], [6, 15]],
  [{ axes: [] }, [2, 3], [1, 2, 3, 4, 5, 6]],
])("sum of [[1, 2, 3], [4, 5, 6]] with %j", async (reduction, shape, expected) => {
  const build = (graph: Graph) => sum(input(graph, "x", [2, 3]), reduction);
  expect(build(createGraph()).shape).toEqual(shape);
  expect(await evaluate(build, { x })).toEqual(expected);
});

test.each<Reduction>([{}, { axes: [0, 2] }, { axes: [1], keepDims: true }])(
  "the gradient of a sum with %j reaches every element",
  async (reduction) => {
    await checkGradient({
      build: (graph) => {
        const value = parameter(graph, "x", [2, 3, 2]);
        return { loss: weightedSum(sum(value, reduction)), parameters: [value] };
      },
      feeds: { x: Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)) },
    });
  },
);

test("broadcastTo repeats axes of length 1 and leading axes", async () => {
  const build = (graph: Graph) => broadcastTo(input(graph, "x", [2, 1]), [2, 2, 3]);
  const repeated = [1, 1, 1, 2, 2, 2];
  expect(await evaluate(build, { x: x.subarray(0, 2) })).toEqual([...repeated, ...repeated]);
});

test("the gradient of broadcastTo adds up the repeats", async () => {
  await checkGradient({
    build: (graph) => {
      const value = parameter(graph, "x", [2, 1]);
      return { loss: weightedSum(broadcastTo(value, [2, 2, 3])), parameters: [value] };
    },
    feeds: { x: Float64Array.of(1, 2) },
  });
});

test("broadcastTo refuses a shape that it would have to shrink to", () => {
  const value = input(createGraph(), "x", [2, 3]);
  expect(() => broadcastTo(value, [1, 3])).toThrow(
    "broadcastTo: expected a shape that broadcasts to the other, got [2, 3] and [1, 3]",
  );
});
