import fc from "fast-check";
import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { createRandom } from "../numeric/random.ts";
import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { parameter } from "./graph.ts";
import { elementCount, type Shape } from "./shape.ts";

const operations = {
  add: { build: add, scalar: (a: number, b: number) => a + b },
  subtract: { build: subtract, scalar: (a: number, b: number) => a - b },
  multiply: { build: multiply, scalar: (a: number, b: number) => a * b },
  divide: { build: divide, scalar: (a: number, b: number) => a / b },
};

/** A full shape with two sides of it: leading axes dropped, some of the others set to 1. */
const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }).chain((full) => {
  const side = fc
    .tuple(
      fc.integer({ min: 0, max: full.length }),
      fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
    )
    .map(([dropped, ones]) => full.map((n, axis) => (ones[axis] ? 1 : n)).slice(dropped));
  return fc.tuple(side, side);
});

/** Away from 0, so that quotients stay within the resolution of finite differences. */
function randomValues(shape: Shape, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from(
    { length: elementCount(shape) },
    () => (random.uniform() < 0.5 ? -1 : 1) * (0.5 + random.uniform()),
  );
}

/** Row-major offset in a side of the element at a position of the full shape. */
const offsetIn = (side: Shape, position: readonly number[]) =>
  side.reduce((offset, length, axis) => {
    const at = position[position.length - side.length + axis]!;
    return offset * length + (length === 1 ? 0 : at);
  }, 0);

function* positions(shape: Shape): Generator<number[]> {
  if (shape.length === 0) yield [];
  else
    for (let i = 0; i < shape[0]!; i++)
      for (const rest of positions(shape.slice(1))) yield [i, ...rest];
}

test("values and gradients of broadcasting operations are right for random shapes", async () => {
  const name = fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[]));
  await fc.assert(
    fc.asyncProperty(name, shapes, fc.integer(), async (key, [left, right], seed) => {
      const { build, scalar } = operations[key];
      const a = randomValues(left, seed);
      const b = randomValues(right, seed + 1);
      const rank = Math.max(left.length, right.length);
      const full = Array.from({ length: rank }, (_, axis) =>
        Math.max(left.at(axis - rank) ?? 1, right.at(axis - rank) ?? 1),
      );
      const expected = [...positions(full)].map((position) =>
        scalar(
          Math.fround(a[offsetIn(left, position)]!),
          Math.fround(b[offsetIn(right, position)]!),
        ),
      );
      const got = await evaluate(
        (graph) => build(parameter(graph, "a", left), parameter(graph, "b", right)),
        { a: Float32Array.from(a), b: Float32Array.from(b) },
      );
      // One rounded float32 operation each.
      expect(got).toEqual(expected.map(Math.fround));
      await checkGradient({
        build: (graph) => {
          const parameters = [parameter(graph, "a", left), parameter(graph, "b", right)] as const;
          return { loss: weightedSum(build(...parameters)), parameters };
        },
        feeds: { a, b },
      });
    }),
    { numRuns: 30 },
  );
});
