import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { multiply } from "./arithmetic.ts";
import {
  exp,
  log,
  negate,
  relu,
  sigmoid,
  softplus,
  sqrt,
  stopGradient,
  tanh,
} from "./elementwise.ts";
import { gradients } from "./gradients.ts";
import { input, parameter } from "./graph.ts";

const operations = { exp, log, negate, relu, sigmoid, softplus, sqrt, stopGradient, tanh };

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

// Away from relu's kink and within the domain of log and sqrt where the points are positive.
const cases = [
  { name: "exp", points: [-2, 0, 1.5], scalar: Math.exp },
  { name: "log", points: [0.1, 1, 7], scalar: Math.log },
  { name: "negate", points: [-2, 0, 3], scalar: (x: number) => 0 - x },
  { name: "relu", points: [-2, -0.5, 0.5, 3], scalar: (x: number) => Math.max(0, x) },
  { name: "sigmoid", points: [-3, 0, 2], scalar: logistic },
  { name: "softplus", points: [-3, 0, 2], scalar: (x: number) => Math.log1p(Math.exp(x)) },
  { name: "sqrt", points: [0.25, 1, 9], scalar: Math.sqrt },
  { name: "tanh", points: [-2, 0, 0.5], scalar: Math.tanh },
] as const;

/** ONNX Runtime approximates by rational functions; this many units in the last place of 1. */
const floatTolerance = 8 * 2 ** -24;

test.each(cases)("$name has the value and the gradient of its formula", async (options) => {
  const { name, points, scalar } = options;
  const shape = [points.length];
  const build = operations[name];
  const values = await evaluate((graph) => build(input(graph, "x", shape)), {
    x: Float32Array.from(points),
  });
  for (const [index, x] of points.entries()) {
    const expected = scalar(Math.fround(x));
    const error = Math.abs(values[index]! - expected);
    expect(error).toBeLessThanOrEqual(floatTolerance * Math.max(1, Math.abs(expected)));
  }
  await checkGradient({
    build: (graph) => {
      const x = parameter(graph, "x", shape);
      return { loss: weightedSum(build(x)), parameters: [x] };
    },
    feeds: { x: Float64Array.from(points) },
  });
});

const slopeOf = (operation: (typeof operations)["softplus"], x: Float32Array) =>
  evaluate(
    (graph) => {
      const value = parameter(graph, "x", [x.length]);
      return gradients(weightedSum(operation(value)), [value])[0]!;
    },
    { x },
  );

test("softplus neither overflows nor loses its slope at ±100", async () => {
  const x = Float32Array.of(-100, 100);
  const values = await evaluate((graph) => softplus(input(graph, "x", [2])), { x });
  // log(1 + e^−100) ≈ e^−100 ≈ 4e-44; log(1 + e^100) = 100 + 4e-44.
  expect(values[0]).toBeLessThan(1e-40);
  expect(values[1]).toBe(100);
  // σ(±100) is 0 and 1, times the weights cos 1 and cos 2.
  const slopes = await slopeOf(softplus, x);
  expect(Math.abs(slopes[0]!)).toBeLessThan(1e-7);
  expect(slopes[1]).toBe(Math.fround(Math.cos(2)));
});

test("relu has slope 0 at 0", async () => {
  expect(await slopeOf(relu, Float32Array.of(0, 1))).toEqual([0, Math.fround(Math.cos(2))]);
});

test("stopGradient passes the value and holds back the gradient", async () => {
  const x = Float32Array.of(3, -1);
  expect(await evaluate((graph) => stopGradient(input(graph, "x", [2])), { x })).toEqual([3, -1]);
  // d/dx of stop(x) · x is stop(x); that of x · x would be 2x.
  const slope = await evaluate(
    (graph) => {
      const value = parameter(graph, "x", []);
      return gradients(multiply(stopGradient(value), value), [value])[0]!;
    },
    { x: Float32Array.of(3) },
  );
  expect(slope).toEqual([3]);
});
