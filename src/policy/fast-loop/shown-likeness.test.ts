import { expect, test } from "vitest";
import { itemId } from "../../domain/ids.ts";
import { createShownLikeness } from "./shown-likeness.ts";

const [seen, unseen] = [itemId("seen"), itemId("unseen")];
const likeness = Float64Array.of(3, 1);

test("likeness counts from the mean of an item's showings and ten more of strangers", () => {
  const shown = createShownLikeness();
  for (const one of [2, 4]) shown.add(seen, Float64Array.of(one, 0));
  expect([...shown.centre(seen, likeness)]).toEqual([3 - 6 / 12, 1]);
  expect([...shown.centre(unseen, likeness)]).toEqual([3, 1]);
});

test("a clone and its model count for themselves", () => {
  const shown = createShownLikeness();
  shown.add(seen, likeness);
  const clone = shown.clone();
  clone.add(seen, likeness);
  shown.add(unseen, likeness);
  expect([...shown.centre(seen, likeness)]).toEqual([3 - 3 / 11, 1 - 1 / 11]);
  expect([...clone.centre(seen, likeness)]).toEqual([3 - 6 / 12, 1 - 2 / 12]);
  expect([...clone.centre(unseen, likeness)]).toEqual([3, 1]);
});
