import { expect, test } from "vitest";
import {
  indicesOfLeft,
  numberedWithout,
  numbersWithout,
  placeOf,
  withoutFew,
} from "./index-list.ts";
import { createRandom } from "./random.ts";

const listed = (indices: ReturnType<typeof withoutFew>) =>
  Array.from({ length: indices.length }, (_, place) => indices.at(place));

test("indices without a few are those of a filter, and so are their numbers among what is left", () => {
  const random = createRandom(1);
  const draw = (share: number) =>
    Array.from({ length: 100 }, (_, index) => index).filter(() => random.uniform() < share);
  for (const share of [0, 0.1, 0.5, 1]) {
    for (let turn = 0; turn < 20; turn++) {
      const [indices, few] = [draw(0.3), draw(share)];
      const left = indices.filter((index) => !few.includes(index));
      expect(listed(withoutFew(indices, few))).toEqual(left);
      const numbers = left.map((index) => index - few.filter((other) => other < index).length);
      expect(listed(numberedWithout(indices, few))).toEqual(numbers);
      expect(numbersWithout(indices, few)).toEqual(numbers);
      expect([...indicesOfLeft(numbers, few)]).toEqual(left);
    }
  }
});

test("an index that is missing has the place of the next one", () => {
  expect([placeOf([2, 4], 3), placeOf([2, 4], 4), placeOf([2, 4], 5)]).toEqual([1, 1, 2]);
});
