import { describe, expect, test } from "vitest";
import { chiSquare, chiSquareBound } from "../../tests/support/chi-square.ts";
import { createRandom } from "../numeric/random.ts";
import { checkRequest, retrieve } from "./candidates.ts";

const seed = 97;

describe("retrieval", () => {
  const retrievals = 2000;
  const count = (logits: Float64Array, limit: number) => {
    const counts = new Array<number>(logits.length).fill(0);
    const random = createRandom(seed);
    for (let turn = 0; turn < retrievals; turn++)
      for (const index of retrieve(logits, limit, random)) counts[index]!++;
    return counts;
  };

  test("keeps a set that is small enough, in its order", () => {
    expect(retrieve(Float64Array.of(3, 1, 2), 3, createRandom(seed))).toEqual([0, 1, 2]);
  });

  test("keeps as many as the limit, distinct, in ascending order, the best of them always", () => {
    const random = createRandom(seed);
    const logits = Float64Array.from({ length: 60 }, () => random.normal());
    const ranked = [...logits.keys()].sort((left, right) => logits[right]! - logits[left]!);
    for (let turn = 0; turn < 20; turn++) {
      const kept = retrieve(logits, 30, random);
      expect(kept.length).toBe(30);
      expect(kept).toEqual([...new Set(kept)].sort((left, right) => left - right));
      for (const index of ranked.slice(0, 25)) expect(kept).toContain(index);
    }
  });

  test.each([2, 5, 10, 20])("every item keeps a chance under a limit of %i", (limit) => {
    const logits = Float64Array.from({ length: 25 }, (_, index) => -index);
    const counts = count(logits, limit);
    expect(counts[0]).toBe(retrievals);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  test("of equally good items each is retrieved as often as another", () => {
    const counts = count(new Float64Array(25), 10);
    const expected = counts.map(() => (retrievals * 10) / 25);
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareBound(24));
  });

  test("the same stream retrieves the same items", () => {
    const logits = Float64Array.from({ length: 40 }, (_, index) => Math.sin(index));
    expect(retrieve(logits, 20, createRandom(seed))).toEqual(
      retrieve(logits, 20, createRandom(seed)),
    );
  });
});

test.each([0, -1, 51, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  "a slate size of %f is refused with invalid_request, the field and the value",
  (slateSize) => {
    expect(() => checkRequest(slateSize, undefined)).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        message: `slateSize must be an integer in 1…50, got ${slateSize}`,
        details: { field: "slateSize", value: slateSize },
      }),
    );
  },
);
