import { expect, test } from "vitest";
import { areaUnderCurve } from "./area-under-curve.ts";

test("the area is the share of pairs in which the member scores more, ties counted half", () => {
  expect(areaUnderCurve([3, 1, 2, 0], [true, true, false, false])).toBe(0.75);
  expect(areaUnderCurve([1, 1, 1], [true, false, false])).toBe(0.5);
  expect(areaUnderCurve([1, 2], [true, true])).toBeNaN();
});
