import fc from "fast-check";
import { expect, test } from "vitest";
import { nthLargest } from "./nth-largest.ts";

test("it is the value at that place of the sorted ones, ties included", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.nat(), (values, place) => {
      const n = place % values.length;
      const sorted = Float64Array.from(values).sort().reverse();
      // 0 and −0 are one value to an order, and two to a test.
      expect(nthLargest(Float64Array.from(values), n) + 0).toBe(sorted[n]! + 0);
    }),
  );
});
