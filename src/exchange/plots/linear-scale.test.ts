import { expect, test } from "vitest";
import { linearScale } from "./linear-scale.ts";

test("numbers have places in proportion, and ticks are round with the decimals that tell them apart", () => {
  const scale = linearScale([0.13, 0.87], [100, 300], { nice: 5 });
  expect([0, 0.5, 1].map(scale)).toEqual([100, 200, 300]);
  expect(scale.ticks(5).map(scale.tickFormat(5))).toEqual([
    "0.0",
    "0.2",
    "0.4",
    "0.6",
    "0.8",
    "1.0",
  ]);
});

test("large and negative numbers are written as in a text", () => {
  const scale = linearScale([-2000, 4000], [0, 60]);
  expect(scale.ticks(3).map(scale.tickFormat(3))).toEqual(["−2,000", "0", "2,000", "4,000"]);
  expect(scale(1000)).toBe(30);
});

test("a domain of one number has one place", () => {
  expect(linearScale([3, 3], [0, 10])(3)).toBe(0);
});
