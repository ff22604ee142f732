import { expect, test } from "vitest";
import { largestDifference, sampleView } from "../../../../tests/support/policy.ts";
import { createRandom } from "../../../numeric/random.ts";
import { placeByFeatures } from "../../../policy/encoder/feature-map.ts";
import { itemTokenBuckets } from "../../../policy/item-features.ts";
import type { ItemView } from "../../../policy/policy.ts";
import { createTransformer } from "../../../policy/transformer/parameters.ts";
import { presetShape } from "../../../policy/transformer/shape.ts";
import { chooseFeatures } from "./choose-features.ts";

const width = 8;
const itemCount = 200;
const random = createRandom(3);
const viewOf = (index: number, genre: number) =>
  sampleView(`i-${index}`, { categories: [`genre-${genre}`] });
const counts = new Float32Array(itemCount).fill(20);

/** Items whose vectors are `vectorOf` of their number. */
async function fitTo(
  views: readonly (ItemView | undefined)[],
  vectorOf: (item: number) => ArrayLike<number>,
  events: Float32Array = counts,
) {
  const shape = { ...presetShape("small", { items: views.length, length: 4 }), width };
  const { parameters } = createTransformer(shape, random);
  const itemTable = Float32Array.from(views.flatMap((_, item) => Array.from(vectorOf(item))));
  const model = { shape, parameters: { ...parameters, itemTable } };
  return chooseFeatures({ views, model, counts: events });
}

const normals = () => Array.from({ length: width }, () => random.normal());
const ofGenre = Array.from({ length: 4 }, normals);
const byGenre = Array.from({ length: itemCount }, (_, index) => viewOf(index, index % 4));
const noise = Array.from({ length: itemCount }, () => normals().map((value) => 0.1 * value));
const vectorOf = (item: number) => ofGenre[item % 4]!.map((value, i) => value + noise[item]![i]!);

test("a new item is placed where items with its features are", async () => {
  const map = await fitTo(byGenre, vectorOf);
  for (const [genre, vector] of ofGenre.entries()) {
    const placed = placeByFeatures(map!, viewOf(999, genre));
    // Noise of 50 items: 0.1/√50 a number; the ridge of 1 takes a 51st of the distance to the mean.
    expect(largestDifference(vector, placed)).toBeLessThan(0.15);
  }
});

test("an item without features that were seen has the mean vector", async () => {
  const map = await fitTo(byGenre, vectorOf);
  const mean = ofGenre[0]!.map((_, i) => {
    const all = Array.from({ length: itemCount }, (_, item) => vectorOf(item)[i]!);
    return all.reduce((sum, value) => sum + value, 0) / itemCount;
  });
  const stranger = sampleView("new", { categories: ["never seen"] });
  expect(largestDifference(mean, placeByFeatures(map!, stranger))).toBeLessThan(1e-6);
});

test("features that say nothing of the vectors leave no map", async () => {
  const other = Array.from({ length: itemCount }, normals);
  expect(await fitTo(byGenre, (item) => other[item]!)).toBeUndefined();
  expect(await fitTo([viewOf(0, 0)], vectorOf, Float32Array.of(20))).toBeUndefined();
});

test("items without events, or that the catalogue no longer has, do not count", async () => {
  const views = byGenre.map((view, item) => (item % 8 === 1 ? undefined : view));
  const events = counts.map((count, item) => (item % 8 === 5 ? 0 : count));
  const far = new Float64Array(width).fill(1e3);
  const wrong = (item: number) => (item % 4 === 1 ? far : vectorOf(item));
  const map = await fitTo(views, wrong, events);
  const placed = placeByFeatures(map!, viewOf(999, 1));
  expect(largestDifference(map!.mean, placed)).toBe(0);
});

test("texts count, of one model", async () => {
  const axes = [0, 1].map((axis) => Float32Array.of(1 - axis, axis));
  const written = (index: number, model: number): ItemView => ({
    ...sampleView(`i-${index}`),
    text: { model, vector: axes[index % 2]! },
  });
  const views = Array.from({ length: itemCount }, (_, index) => written(index, 7));
  const map = await fitTo(views, (item) => ofGenre[item % 2]!);
  const placed = (index: number, model: number) => placeByFeatures(map!, written(index, model));
  expect(largestDifference(ofGenre[0]!, placed(0, 7))).toBeLessThan(0.1);
  expect(largestDifference(ofGenre[1]!, placed(1, 7))).toBeLessThan(0.1);
  expect(largestDifference(map!.mean, placed(0, 8))).toBe(0);
  expect(map!.tokens.length).toBe(itemTokenBuckets * width);
});
