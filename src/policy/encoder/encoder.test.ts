import { expect, test } from "vitest";
import {
  largestDifference,
  randomState,
  sampleEncoder,
  sampleState,
  sampleView,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { createRandom } from "../../numeric/random.ts";
import { createCatalogueScorer } from "../transformer/catalogue-scorer.ts";
import { openEncoder } from "./encoder.ts";
import { decodeEncoder } from "./encoder-model.ts";

const views = sampleViews(9);
const stored = sampleEncoder(views);
const model = decodeEncoder(stored);
/** Twelve likes, more than the encoder looks at, with an unknown item and a dislike between them. */
const state = sampleState([
  ...Array.from({ length: 12 }, (_, index) => [views[(5 * index) % 9]!, 1] as const),
  [sampleView("stranger"), 1],
  [views[3]!, -1],
]);

const centre = (values: ArrayLike<number>) => {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return all.map((value) => value - mean);
};

test("the log-odds are those of the Transformer as it was trained, on known items that were not disliked", async () => {
  const encoder = openEncoder(stored);
  await encoder.encode([state]);
  const scorer = await createCatalogueScorer(model);
  const [expected] = await scorer.score([
    Array.from({ length: 12 }, (_, index) => (5 * index) % 9).slice(-10),
  ]);
  await scorer.close();
  const found = encoder.logOdds(state, views);
  expect(largestDifference(centre(expected!), found)).toBeLessThan(1e-5);
  expect(new Set(found).size).toBe(views.length);
});

test("states that are encoded together are those that are encoded alone", async () => {
  const random = createRandom(2);
  const states = [state, ...Array.from({ length: 20 }, () => randomState(views, random))];
  const together = openEncoder(stored);
  await together.encode(states);
  for (const one of states) {
    const alone = openEncoder(stored);
    await alone.encode([one]);
    expect(largestDifference(alone.stateOf(one), together.stateOf(one))).toBeLessThan(1e-5);
  }
});

test("users without known events have the items' shares of the events", async () => {
  const encoder = openEncoder(stored);
  const cold = sampleState([[sampleView("stranger"), 1]]);
  await encoder.encode([cold]);
  const logs = encoder.logOdds(cold, [...views, sampleView("new")]);
  // Item i has i events; 36 in all.
  const shares = [...views.map((_, index) => (index + 1) / 46), 1 / 46].map(Math.log);
  expect(largestDifference(centre(shares), logs)).toBeLessThan(1e-6);
});

test("an unknown item has the mean of all items' log-odds, for each user", async () => {
  const encoder = openEncoder(stored);
  await encoder.encode([state]);
  const logs = encoder.logOdds(state, [...views, sampleView("new")]);
  expect(logs.at(-1)).toBeCloseTo(0, 5);
  expect(encoder.rowOf(sampleView("new").itemId)).toBe(-1);
});

test("a state must be encoded first", () => {
  expect(() => openEncoder(stored).logOdds(state, views)).toThrow("has not been encoded");
});

test("bytes are only the encoder that their hash names", () => {
  const { bytes } = sampleEncoder(views, 2);
  expect(() => openEncoder({ hash: stored.hash, bytes })).toThrow(
    expect.objectContaining({ code: "corrupt_snapshot" }),
  );
});
