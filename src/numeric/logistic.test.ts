import { expect, test } from "vitest";
import { logistic, logitWithin } from "./logistic.ts";

test("the logistic function is a half at 0, 3/4 at log 3, and ends at 0 and 1 without NaN", () => {
  expect(logistic(0)).toBe(0.5);
  expect(logistic(Math.log(3))).toBeCloseTo(0.75, 15);
  expect([logistic(-1000), logistic(1000)]).toEqual([0, 1]);
});

test("log odds undo the logistic function", () => {
  for (const x of [-5, -0.3, 0, 0.7, 6]) expect(logitWithin(1e-9)(logistic(x))).toBeCloseTo(x, 12);
});

test("log odds of 0 and 1 are those of the probabilities that are nearest inside", () => {
  expect([0, 1].map(logitWithin(0.25))).toEqual([Math.log(0.25 / 0.75), Math.log(0.75 / 0.25)]);
});
