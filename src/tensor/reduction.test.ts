import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { createGraph, type Graph, input, parameter, type Value } from "./graph.ts";
import { logSoftmax, mean, softmax } from "./reduction.ts";

/** Logits whose exponentials are 1, 2, 5 and 3, 3, 2: rows that sum to 8. */
const x = Float32Array.of(1, 2, 5, 3, 3, 2).map(Math.log);
const probabilities = [1 / 8, 2 / 8, 5 / 8, 3 / 8, 3 / 8, 2 / 8];
const on = (operation: (value: Value) => Value) => (graph: Graph) =>
  operation(input(graph, "x", [2, 3]));

/** Rounding of the logits and of a handful of float32 operations on numbers below 4. */
const closeTo = (expected: readonly number[]) =>
  expected.map((value) => expect.closeTo(value, 6) as number);

test("mean divides by the number of elements that went in", async () => {
  const build = on((value) => mean(value, { axes: [0] }));
  const values = Float32Array.of(1, 2, 3, 5, 8, 13);
  expect(await evaluate(build, { x: values })).toEqual([3, 5, 8]);
  expect(
    await evaluate(
      on((value) => mean(value)),
      { x: values },
    ),
  ).toEqual([Math.fround(32 / 6)]);
});

test("softmax normalises each row", async () => {
  expect(await evaluate(on(softmax), { x })).toEqual(closeTo(probabilities));
});

test("logSoftmax is the logarithm of softmax", async () => {
  expect(await evaluate(on(logSoftmax), { x })).toEqual(closeTo(probabilities.map(Math.log)));
});

test("a masked logit has probability 0 and large logits do not overflow", async () => {
  const masked = Float32Array.of(500, -1e9, 500, -500, -500, -500);
  expect(await evaluate(on(softmax), { x: masked })).toEqual(
    closeTo([1 / 2, 0, 1 / 2, 1 / 3, 1 / 3, 1 / 3]),
  );
  const [first, , third] = await evaluate(on(logSoftmax), { x: masked });
  expect([first, third]).toEqual(closeTo([-Math.LN2, -Math.LN2]));
});

test.each<[string, (value: Value) => Value]>([
  ["mean", (value) => mean(value, { axes: [0, 2] })],
  ["softmax", softmax],
  ["logSoftmax", logSoftmax],
])("%s has the gradient of finite differences", async (_, operation) => {
  await checkGradient({
    build: (graph) => {
      const value = parameter(graph, "x", [2, 3, 2]);
      return { loss: weightedSum(operation(value)), parameters: [value] };
    },
    feeds: { x: Float64Array.from({ length: 12 }, (_, i) => 3 * Math.sin(i)) },
  });
});

test("a scalar has no last axis", () => {
  const scalar = input(createGraph(), "x", []);
  expect(() => softmax(scalar)).toThrow("softmax: expected at least one axis, got []");
  expect(() => logSoftmax(scalar)).toThrow("logSoftmax: expected at least one axis, got []");
});
