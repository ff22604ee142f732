import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { createRandom } from "../numeric/random.ts";
import { type Graph, input, type Precision, parameter } from "./graph.ts";
import { transpose } from "./layout.ts";
import { matmul, matmulTransposed } from "./linear-algebra.ts";
import { elementCount, type Shape } from "./shape.ts";

const length = fc.integer({ min: 1, max: 3 });
/** Batch axes of both sides: either, both or none of them, equal or 1. */
const batches = fc.constantFrom<[Shape, Shape]>(
  [[], []],
  [[2], []],
  [[2, 3], []],
  [[], [2]],
  [[2], [2]],
  [[1], [3]],
  [[2, 1], [3]],
  [[3], [2, 1]],
);

/** Integers, so that float32 products are exact. */
function randomIntegers(shape: Shape, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: elementCount(shape) }, () => random.integer(9) - 4);
}

/** Σ over k of a[.., i, k] · b[.., k, j], for batch axes that are at most two. */
function product(a: Float64Array, aShape: Shape, b: Float64Array, bShape: Shape): number[] {
  const pad = (shape: Shape) => [1, 1, ...shape].slice(-4) as [number, number, number, number];
  const [a0, a1, m, inner] = pad(aShape);
  const [b0, b1, , n] = pad(bShape);
  const result: number[] = [];
  for (let p = 0; p < Math.max(a0, b0); p++)
    for (let q = 0; q < Math.max(a1, b1); q++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          const left = ((p % a0) * a1 + (q % a1)) * m + i;
          const right = ((p % b0) * b1 + (q % b1)) * inner;
          let total = 0;
          for (let k = 0; k < inner; k++) total += a[left * inner + k]! * b[(right + k) * n + j]!;
          result.push(total);
        }
  return result;
}

test("matmul and its gradients are right for random shapes with batch axes on either side", async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.tuple(length, length, length), fc.integer(), async (...drawn) => {
      const [[left, right], [m, k, n], seed] = drawn;
      const aShape = [...left, m, k];
      const bShape = [...right, k, n];
      const a = randomIntegers(aShape, seed);
      const b = randomIntegers(bShape, seed + 1);
      const got = await evaluate(
        (graph) => matmul(input(graph, "a", aShape), input(graph, "b", bShape)),
        { a: Float32Array.from(a), b: Float32Array.from(b) },
      );
      // −0 + 0: equal as numbers.
      expect(got.map((value) => value + 0)).toEqual(
        product(a, aShape, b, bShape).map((v) => v + 0),
      );
      await checkGradient({
        build: (graph) => {
          const parameters = [
            parameter(graph, "a", aShape),
            parameter(graph, "b", bShape),
          ] as const;
          return { loss: weightedSum(matmul(...parameters)), parameters };
        },
        feeds: { a, b },
      });
    }),
    { numRuns: 30 },
  );
});

test("matmulTransposed is the product with the transposed right side, and so are its gradients", async () => {
  const stacks = fc.constantFrom<[Shape, Shape]>(
    [[], []],
    [[2], [2]],
    [
      [2, 1],
      [2, 3],
    ],
    [[1], [3]],
  );
  await fc.assert(
    fc.asyncProperty(stacks, fc.tuple(length, length, length), fc.integer(), async (...drawn) => {
      const [[left, right], [m, k, n], seed] = drawn;
      const shapes = { a: [...left, m, k], b: [...right, n, k] };
      const feeds = { a: randomIntegers(shapes.a, seed), b: randomIntegers(shapes.b, seed + 1) };
      const axes = shapes.b.map((_, axis) => axis);
      const swapped = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
      const declare = (graph: Graph<Precision>) =>
        [parameter(graph, "a", shapes.a), parameter(graph, "b", shapes.b)] as const;
      const float32 = { a: Float32Array.from(feeds.a), b: Float32Array.from(feeds.b) };
      const expected = await evaluate((graph) => {
        const [a, b] = declare(graph);
        return matmul(a, transpose(b, swapped));
      }, float32);
      expect(await evaluate((graph) => matmulTransposed(...declare(graph)), float32)).toEqual(
        expected,
      );
      await checkGradient({
        build: (graph) => {
          const parameters = declare(graph);
          return { loss: weightedSum(matmulTransposed(...parameters)), parameters };
        },
        feeds,
      });
    }),
    { numRuns: 12 },
  );
});
