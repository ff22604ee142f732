import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { createRandom } from "../numeric/random.ts";
import { createGraph, input, parameter } from "./graph.ts";
import { layerNorm } from "./normalisation.ts";
import { elementCount } from "./shape.ts";

test("layerNorm agrees with a computation by hand", async () => {
  // Mean 2.5, variance 1.25: (x − 2.5)/√(1.25 + 1e-5) = ∓1.341635, ∓0.447212; then · γ + β.
  const got = await evaluate(
    (graph) =>
      layerNorm(input(graph, "x", [1, 4]), input(graph, "scale", [4]), input(graph, "shift", [4])),
    {
      x: Float32Array.of(1, 2, 3, 4),
      scale: Float32Array.of(1, 1, 2, 1),
      shift: Float32Array.of(0, 0, 0, 1),
    },
  );
  const expected = [-1.341635, -0.447212, 0.894424, 2.341635];
  expect(got.map((value, i) => Math.abs(value - expected[i]!) < 2e-6)).toEqual(Array(4).fill(true));
});

test("the gradients of layerNorm are right for random shapes", async () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 0, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.integer({ min: 2, max: 5 }),
      fc.nat(),
      async (rows, width, seed) => {
        const random = createRandom(seed);
        const normals = (length: number) => Float64Array.from({ length }, () => random.normal());
        const shape = [...rows, width];
        await checkGradient({
          build: (graph) => {
            const parameters = [
              parameter(graph, "x", shape),
              parameter(graph, "scale", [width]),
              parameter(graph, "shift", [width]),
            ] as const;
            return { loss: weightedSum(layerNorm(...parameters)), parameters };
          },
          feeds: {
            x: spread(normals(elementCount(shape)), width),
            scale: normals(width),
            shift: normals(width),
          },
        });
      },
    ),
    { numRuns: 15 },
  );
});

/** Values of a row at least 0.5 apart, so that a row without variance doesn't bend the loss more than differences resolve. */
const spread = (values: Float64Array, width: number) =>
  values.map((value, index) => (index % width) + 0.25 * Math.tanh(value));

test("layerNorm refuses a scale of another width", () => {
  const graph = createGraph();
  const x = input(graph, "x", [2, 3]);
  const scale = input(graph, "scale", [2]);
  expect(() => layerNorm(x, scale, scale)).toThrow(
    "layerNorm: expected [..., width], [width] and [width], got [2, 3] and [2] and [2]",
  );
});
