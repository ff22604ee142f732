import { expect, test } from "vitest";
import { createRandom } from "./random.ts";
import { sampleIndices } from "./sample-indices.ts";

test("drawing as many indices as there are gives each of them once", () => {
  const drawn = sampleIndices(40, 40, createRandom(7).split("all"));
  expect(drawn.toSorted((a, b) => a - b)).toEqual([...Array(40).keys()]);
});

test("every index is as likely as any other at every place", () => {
  const random = createRandom(7).split("uniform");
  const [runs, count, bound] = [20_000, 3, 5];
  const counts = Array.from({ length: count * bound }, () => 0);
  for (let run = 0; run < runs; run++) {
    const drawn = sampleIndices(count, bound, random);
    expect(new Set(drawn).size).toBe(count);
    for (const [place, index] of drawn.entries()) counts[place * bound + index]!++;
  }
  const expected = runs / bound;
  const standardError = Math.sqrt(runs * (1 / bound) * (1 - 1 / bound));
  for (const observed of counts) {
    expect(Math.abs(observed - expected)).toBeLessThan(4 * standardError);
  }
});

test("more indices than there are is refused", () => {
  expect(() => sampleIndices(3, 2, createRandom(7))).toThrow(
    new RangeError("can't draw 3 different indices below 2"),
  );
});
