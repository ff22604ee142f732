import { expect, test } from "vitest";
import { checkGradient, evaluate, weightedSum } from "../../tests/support/check-gradient.ts";
import { dropout, dropoutRate, fillDropoutMask } from "./dropout.ts";
import { createGraph, input, parameter } from "./graph.ts";

function maskOf(length: number, rate: number, seed: number): Float32Array {
  const mask = new Float32Array(length).fill(7);
  fillDropoutMask(mask, { rate: dropoutRate(rate), seed });
  return mask;
}

test("dropout multiplies by the mask, and so does its gradient", async () => {
  const got = await evaluate(
    (graph) => dropout(input(graph, "x", [4]), input(graph, "mask", [4])),
    {
      x: Float32Array.of(1, 2, 3, 4),
      mask: Float32Array.of(2, 0, 0, 2),
    },
  );
  expect(got).toEqual([2, 0, 0, 8]);
  await checkGradient({
    build: (graph) => {
      const x = parameter(graph, "x", [4]);
      return {
        loss: weightedSum(dropout(x, input(graph, "mask", [4]))),
        parameters: [x],
      };
    },
    feeds: { x: Float64Array.of(1, 2, 3, 4), mask: Float64Array.of(1.25, 0, 0, 1.25) },
  });
});

test.each([0, 0.1, 0.2, 0.5, 0.9])("a mask drops a share of %d and keeps the mean", (rate) => {
  const length = 400_003;
  const mask = maskOf(length, rate, 5);
  const kept = mask.reduce((count, factor) => count + (factor > 0 ? 1 : 0), 0);
  const expected = 1 - dropoutRate(rate);
  const factors = [0, Math.fround(1 / expected)];
  expect(mask.every((factor) => factors.includes(factor))).toBe(true);
  // Four standard errors of a share.
  const bound = 4 * Math.sqrt((expected * (1 - expected)) / length);
  expect(Math.abs(kept / length - expected)).toBeLessThanOrEqual(bound);
});

test("neighbours, rows and seeds drop independently", () => {
  const length = 200_000;
  const [first, second] = [maskOf(length, 0.5, 1), maskOf(length, 0.5, 2)];
  const agreement = (other: (index: number) => number) =>
    first.reduce((sum, factor, index) => sum + (factor === other(index) ? 1 : 0), 0) / length;
  // Half agree by chance, with a standard error of 1/(2√n).
  const bound = 4 / (2 * Math.sqrt(length));
  for (const lag of [1, 2, 3, 4, 64, 128])
    expect(Math.abs(agreement((index) => first[(index + lag) % length]!) - 0.5)).toBeLessThan(
      bound,
    );
  expect(Math.abs(agreement((index) => second[index]!) - 0.5)).toBeLessThan(bound);
});

test("a seed gives the same mask again, and no other seed does", () => {
  expect(maskOf(999, 0.3, 11)).toEqual(maskOf(999, 0.3, 11));
  expect(maskOf(999, 0.3, 11)).not.toEqual(maskOf(999, 0.3, 12));
});

test("parts of a mask that start anywhere are those of the whole", () => {
  const whole = maskOf(203, 0.3, 4);
  for (const [start, end] of [
    [0, 203],
    [8, 20],
    [1, 7],
    [6, 200],
    [10, 11],
    [202, 203],
  ] as const) {
    const part = new Float32Array(end - start);
    fillDropoutMask(part, { rate: dropoutRate(0.3), seed: 4, start });
    expect(part).toEqual(whole.slice(start, end));
  }
});

test("a rate is rounded to what masks can have, and refused outside [0, 1)", () => {
  expect(dropoutRate(0.2)).toBe(26 / 128);
  for (const rate of [-0.1, 1, Number.NaN])
    expect(() => dropoutRate(rate)).toThrow(
      `dropout must be in [0, 1) in steps of 1/128, got ${rate}`,
    );
});

test("dropout refuses a mask of another shape", () => {
  const graph = createGraph();
  const x = input(graph, "x", [2, 3]);
  expect(() => dropout(x, input(graph, "mask", [3]))).toThrow(
    "dropout: expected a mask in the shape of the value, got [2, 3] and [3]",
  );
});
