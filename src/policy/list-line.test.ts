import fc from "fast-check";
import { expect, test } from "vitest";
import { indexOfPlace } from "./list-line.ts";

test("the index of a place is that of the first one that is not below it, with gaps and without", () => {
  const places = fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 30 });
  fc.assert(
    fc.property(places, fc.nat({ max: 40 }), (drawn, place) => {
      const sorted = Int32Array.from(drawn).sort();
      expect(indexOfPlace(sorted, place)).toBe(sorted.filter((one) => one < place).length);
    }),
  );
});
