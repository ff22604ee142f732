import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { describeItems } from "./synthetic-catalogue.ts";
import { createTruth, genreCount } from "./synthetic-truth.ts";

const count = 8000;
const random = createRandom(3).split("catalogue-test");
const truth = createTruth({ items: count, users: 1, drift: false, random });
const items = describeItems(truth.items, random.split("catalogue"));

test("the category shows the main genre of 85 % of the items and a random one for the others", () => {
  const names = ["history", "science", "travel", "cooking", "sport", "music", "crime", "nature"];
  const shown = items.filter((item, i) => item.categories[0] === names[truth.items[i]!.genre]);
  const share = 0.85 + 0.15 / genreCount;
  const standardError = Math.sqrt((share * (1 - share)) / count);
  expect(Math.abs(shown.length / count - share)).toBeLessThan(4 * standardError);
});

test("shelf and purity show the second genre and the size of the first", () => {
  const travel = { genre: 2, vector: Float64Array.of(0, 0.1, 0.916, 0, -0.3, 0.2, 0, 0.1) };
  const [item] = describeItems([travel], createRandom(2).split("one"));
  expect(item).toMatchObject({ itemId: "item-1", categories: ["travel"], available: true });
  expect(item?.attributes).toMatchObject({ shelf: "music", purity: 0.92 });
  expect(item?.attributes.title).toMatch(/^The \w+ (harbour|island|railway|passport)$/);
});

test("latent vectors have length 1 and lean towards their genre", () => {
  for (const { vector } of truth.items) expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
  const leaning = truth.items.filter(({ genre, vector }) => vector[genre] === Math.max(...vector));
  expect(leaning.length / count).toBeGreaterThan(0.95);
});
