import { expect, test } from "vitest";
import { foldIntercept, startingIntercept } from "./intercept.ts";

const rows = [{ reward: 1 }, { reward: 0 }, { reward: 0 }, { reward: 0 }];
const weights = (...values: number[]) => values.map((value) => Float32Array.of(value, 1));

test("fresh heads start at the log odds of their own mean reward, the others at 0", () => {
  const start = (fresh: number[], headWeights = weights(3, 1, 1, 1)) =>
    Array.from(startingIntercept(rows, headWeights, { heads: 2, fresh }));
  expect(start([0, 1])).toEqual([0, expect.closeTo(Math.log(1 / 3), 6)]);
  expect(start([1])[0]).toBe(0);
  expect(start([0], weights(0, 0, 0, 0))[0]).toBe(0);
});

test("without any reward the start is low, and finite", () => {
  const [start] = startingIntercept([{ reward: 0 }], [Float32Array.of(1)], {
    heads: 1,
    fresh: [0],
  });
  expect(start).toBeCloseTo(Math.log(0.001 / 0.999), 5);
});

test("folding adds the intercept to every item of its heads, and to no other head", () => {
  const bias = Float32Array.of(1, 2, 3, 10, 20, 30);
  expect(Array.from(foldIntercept(bias, Float32Array.of(0.5, -0.5), 3))).toEqual([
    1.5, 1.5, 3, 10.5, 19.5, 30,
  ]);
});
