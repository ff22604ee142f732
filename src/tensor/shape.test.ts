import { expect, test } from "vitest";
import { assertShape, broadcastShape, elementCount, resolveAxis } from "./shape.ts";

test("shapes broadcast from the last axis", () => {
  expect(broadcastShape("add", [4, 1, 3], [2, 1])).toEqual([4, 2, 3]);
  expect(broadcastShape("add", [], [2])).toEqual([2]);
});

test("shapes that do not broadcast are named with the operation", () => {
  expect(() => broadcastShape("add", [2, 3], [2])).toThrow(
    new RangeError("add: expected shapes that broadcast, got [2, 3] and [2]"),
  );
});

test("an axis counts from the end when negative and must be in the shape", () => {
  expect(resolveAxis("sum", -1, [2, 3])).toBe(1);
  expect(() => resolveAxis("sum", 2, [2, 3])).toThrow(
    "sum: expected an axis in the shape, not 2, got [2, 3]",
  );
  expect(() => resolveAxis("sum", -3, [2, 3])).toThrow("not -3");
  expect(() => resolveAxis("sum", 0.5, [2, 3])).toThrow("not 0.5");
});

test("a scalar has one element", () => {
  expect(elementCount([])).toBe(1);
  expect(elementCount([2, 3, 4])).toBe(24);
});

test.each([[[0]], [[-1, 2]], [[1.5]], [[Number.NaN]]])("the shape %j is refused", (shape) => {
  expect(() => assertShape("input x", shape)).toThrow("input x: axes must have a positive length");
});
