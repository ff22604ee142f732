import { expect, test } from "vitest";
import {
  largestDifference,
  randomState,
  sampleChain,
  sampleEncoder,
  sampleFeatureMap,
  sampleState,
  sampleText,
  sampleView,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { createRandom } from "../../numeric/random.ts";
import type { PolicyState } from "../policy.ts";
import { createCatalogueScorer } from "../transformer/catalogue-scorer.ts";
import { logProbabilities, openShares, scoreSuccessors } from "./chain.ts";
import { openEncoder } from "./encoder.ts";
import { decodeEncoder } from "./encoder-model.ts";
import { placeByFeatures } from "./feature-map.ts";

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

const random = createRandom(2);
/** More than one run takes, of many lengths. */
const states = [state, ...Array.from({ length: 40 }, () => randomState(views, random))];

async function encodeAlone(one: PolicyState): Promise<Float32Array> {
  const alone = openEncoder(stored);
  await alone.encode([one]);
  return alone.stateOf(one);
}

test("states that are encoded in one call, or asked for at the same time, have the bits of those that are encoded alone", async () => {
  const [inOneCall, atOnce] = [openEncoder(stored), openEncoder(stored)];
  await inOneCall.encode(states);
  await Promise.all(states.map((one) => atOnce.encode([one])));
  for (const one of states) {
    const alone = await encodeAlone(one);
    expect(inOneCall.stateOf(one)).toEqual(alone);
    expect(atOnce.stateOf(one)).toEqual(alone);
  }
});

test("a state is worked out once for its events, and anew after another one", async () => {
  const encoder = openEncoder(stored);
  const clicks = (...items: readonly number[]) =>
    sampleState(items.map((item) => [views[item]!, 1] as const));
  const [first, again, later] = [clicks(1, 2), clicks(1, 2), clicks(1, 2, 3)];
  await encoder.encode([first]);
  await encoder.encode([again, later]);
  expect(encoder.stateOf(again)).toBe(encoder.stateOf(first));
  expect(encoder.stateOf(later)).not.toEqual(encoder.stateOf(first));
  expect(encoder.stateOf(later)).toEqual(await encodeAlone(later));
});

test("an unknown item or a dislike between them leaves the events what they were", async () => {
  const encoder = openEncoder(stored);
  const plain = sampleState([[views[1]!, 1]]);
  const mixed = sampleState([
    [views[4]!, -1],
    [views[1]!, 1],
    [sampleView("stranger"), 1],
  ]);
  await encoder.encode([plain, mixed]);
  expect(encoder.stateOf(mixed)).toBe(encoder.stateOf(plain));
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

const features = sampleFeatureMap(8);
const withFeatures = sampleEncoder(views, 1, { features });

test("a map of features is kept in the bytes", () => {
  const kept = decodeEncoder(withFeatures).features!;
  expect(kept.text).toMatchObject({ model: 5, width: 2 });
  const view = { ...sampleView("new", { categories: ["genre-1"] }), text: sampleText };
  expect(largestDifference(placeByFeatures(features, view), placeByFeatures(kept, view))).toBe(0);
});

test("with a map of features an unknown item is placed by them, and known ones stay where they are", async () => {
  const [plain, placing] = [openEncoder(stored), openEncoder(withFeatures)];
  await Promise.all([plain.encode([state]), placing.encode([state])]);
  const known = sampleView("new", { categories: ["genre-1"] });
  const candidates = [...views, known, { ...known, text: sampleText }];
  const vectors = candidates.map((view) => placing.vectorOf(view));
  const product = (vector: Float32Array) =>
    vector.reduce((sum, value, i) => sum + value * placing.stateOf(state)[i]!, 0);
  const found = placing.logOdds(state, candidates);
  expect(largestDifference(centre(vectors.map(product)), found)).toBeLessThan(1e-5);
  expect(vectors.slice(0, 9)).toEqual(views.map((view) => plain.vectorOf(view)));
  expect(Array.from(vectors[9]!.slice(0, 8))).toEqual(Array.from(placeByFeatures(features, known)));
  expect(largestDifference(vectors[9]!, vectors[10]!)).toBeGreaterThan(0.1);
});

const chain = sampleChain(9);
const withChain = sampleEncoder(views, 1, { chain });

test("a chain is kept in the bytes to the precision of float32", () => {
  const kept = decodeEncoder(withChain).chain!;
  expect(kept).toMatchObject({ window: 3, decay: 0.7, weight: 0.5 });
  expect(kept.successors).toEqual(chain.successors);
});

test("with a chain the log-odds are those of the pool: the network's, and λ times the chain's log-probabilities", async () => {
  const [plain, pooled] = [openEncoder(stored), openEncoder(withChain)];
  const candidates = [...views, sampleView("new")];
  await Promise.all([plain.encode([state]), pooled.encode([state])]);
  // The newest three known items are those of the last three likes.
  const scores = scoreSuccessors(
    chain,
    [9, 10, 11].map((index) => (5 * index) % 9),
  );
  const log = logProbabilities(scores, openShares(model.counts));
  const expected = Array.from(
    plain.logOdds(state, candidates),
    (odds, index) => odds + 0.5 * log(index < 9 ? index : -1),
  );
  const found = pooled.logOdds(state, candidates);
  expect(largestDifference(centre(expected), found)).toBeLessThan(1e-12);
  expect(largestDifference(plain.logOdds(state, candidates), found)).toBeGreaterThan(0.1);
});

test("of a history before nothing is left in a chain's log-odds", async () => {
  const [used, fresh] = [openEncoder(withChain), openEncoder(withChain)];
  const other = sampleState([[views[0]!, 1]]);
  await Promise.all([used.encode([state, other]), fresh.encode([other])]);
  used.logOdds(state, views);
  expect(used.logOdds(other, views)).toEqual(fresh.logOdds(other, views));
});

test("users without known events have no chain", async () => {
  const [plain, pooled] = [openEncoder(stored), openEncoder(withChain)];
  const cold = sampleState();
  await Promise.all([plain.encode([cold]), pooled.encode([cold])]);
  expect(pooled.logOdds(cold, views)).toEqual(plain.logOdds(cold, views));
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
