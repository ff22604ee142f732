import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { createTransformer, parameterCount, transformerParameters } from "./parameters.ts";
import { assertTransformerShape, presetShape } from "./shape.ts";

const catalogue = { items: 10_000, length: 200 };

test("parameters are counted by hand for the small preset", () => {
  // Tables (10,000 + 200)·64; a block has four norms of 64, four squares, 64·256 twice and 256 + 64 of bias; a last norm.
  const block = 4 * 64 + 4 * 64 * 64 + 2 * 64 * 256 + 256 + 64;
  expect(parameterCount(presetShape("small", catalogue))).toBe(10_200 * 64 + 2 * block + 2 * 64);
});

test("the large preset has 40 million parameters and more with 10,000 items", () => {
  expect(parameterCount(presetShape("large", catalogue))).toBeGreaterThan(40e6);
  expect(parameterCount(presetShape("base", catalogue))).toBeLessThan(10e6);
});

test("a network starts with scales of 1, shifts of 0 and weights of their deviation, the same for a seed", () => {
  const shape = presetShape("small", { items: 500, length: 20 });
  const { parameters } = createTransformer(shape, createRandom(3));
  expect(new Set(parameters["block1/forwardScale"])).toEqual(new Set([1]));
  expect(new Set(parameters["block0/innerBias"])).toEqual(new Set([0]));
  for (const [name, deviation] of [
    ["itemTable", 0.02],
    ["block0/outerWeights", 1 / 16],
  ] as const) {
    const values = parameters[name]!;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // Four standard errors of the variance of a normal, √(2/n) of it.
    const error = 4 * Math.sqrt(2 / values.length);
    expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(error);
  }
  expect(createTransformer(shape, createRandom(3)).parameters).toEqual(parameters);
  expect(createTransformer(shape, createRandom(4)).parameters).not.toEqual(parameters);
});

test.each([
  [{ heads: 3 }, "heads must divide width 64, got 3"],
  [{ blocks: 0 }, "blocks must be a positive integer, got 0"],
  [{ length: 1.5 }, "length must be a positive integer, got 1.5"],
])("a shape with %j is refused", (change, message) => {
  const shape = { ...presetShape("small", catalogue), ...change };
  expect(() => assertTransformerShape(shape)).toThrow(message);
  expect(() => transformerParameters(shape)).toThrow(message);
});
