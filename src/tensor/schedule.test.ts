import { expect, test } from "vitest";
import { warmUpCosine } from "./schedule.ts";

test("the rate rises linearly, falls as half a cosine and stays at its floor", () => {
  const rate = warmUpCosine({ peak: 2, warmUpSteps: 10, totalSteps: 110, floor: 0.1 });
  expect([1, 5, 10].map(rate)).toEqual([0.2, 1, 2]);
  // Half way: 2(0.1 + 0.9 · 1/2).
  expect(rate(60)).toBeCloseTo(1.1, 12);
  expect(rate(110)).toBeCloseTo(0.2, 12);
  expect(rate(500)).toBeCloseTo(0.2, 12);
});

test("a warm-up as long as the training is refused", () => {
  expect(() => warmUpCosine({ peak: 1, warmUpSteps: 5, totalSteps: 5, floor: 0 })).toThrow(
    "warmUpSteps must be in [0, totalSteps = 5), got 5",
  );
});
