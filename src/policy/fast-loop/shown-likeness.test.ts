import { expect, test } from "vitest";
import { itemId } from "../../domain/ids.ts";
import { createShownLikeness, type ShownLikeness } from "./shown-likeness.ts";

const [seen, unseen, unknown] = [itemId("seen"), itemId("unseen"), itemId("unknown")];
const likeness = Float64Array.of(3, 1);
const centre = (shown: ShownLikeness, item = seen) => [...shown.centre(item, likeness)];
/** In units of the features. */
const times16 = (...values: readonly number[]) =>
  values.map((value) => expect.closeTo(16 * value, 9));
/** Of two items, `unseen` last. */
const candidates = (...values: readonly number[]) => ({
  itemIds: [seen, unseen],
  values: Float64Array.from(values),
});

test("likeness counts from the mean of an item's showings and a hundred to users in general", () => {
  const shown = createShownLikeness();
  shown.addCandidates(candidates(1, 0, 0.5, 0.25));
  shown.addCandidates(candidates(0, 0, 0.5, 0.75));
  for (const one of [2, 4]) shown.add(seen, Float64Array.of(one, 0));
  expect(centre(shown)).toEqual(times16(3 - (2 + 4 + 100 * 0.5) / 102, 1));
  expect(centre(shown, unseen)).toEqual(times16(3 - 0.5, 1 - 0.5));
  expect(centre(shown, unknown)).toEqual(times16(3, 1));
});

test("a clone and its model count for themselves", () => {
  const shown = createShownLikeness();
  shown.add(seen, likeness);
  const clone = shown.clone();
  clone.add(seen, likeness);
  shown.addCandidates(candidates(1, 0, 0, 0));
  expect(centre(shown)).toEqual(times16(3 - (3 + 100) / 101, 1 - 1 / 101));
  expect(centre(clone)).toEqual(times16(3 - 6 / 102, 1 - 2 / 102));
});
