import { expect, test } from "vitest";
import { sampleState, sampleView } from "../../tests/support/policy.ts";
import { itemId } from "../domain/ids.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { createNetwork } from "./network.ts";
import { initialNetwork, policyShape } from "./network-policy.ts";
import { measurePopularity, type Popularity } from "./popularity.ts";
import { isUniform, isUntrained, popularityNetwork, renewStart } from "./popularity-network.ts";
import { createScorer } from "./scorer.ts";

const ids = Array.from({ length: 40 }, (_, index) => itemId(`i-${index}`));
const random = createRandom(57);

async function probabilities(popularity: Popularity, items = ids) {
  const network = popularityNetwork(popularity, { slateSize: 5, random });
  const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
  const candidates = items.map((item) => sampleView(item));
  const [heads] = await scorer.score([{ state: sampleState(), candidates }]);
  await scorer.close();
  return normaliseLogs(heads![0]!).map(Math.exp);
}

const popularityOf = (rewardOf: (index: number) => number) =>
  measurePopularity(
    new Map(
      ids.map((item, index) => [item, { impressions: 200, rewardSum: 200 * rewardOf(index) }]),
    ),
  );

test.each([
  ["clicks", (index: number) => 0.08 * Math.exp(-index / 8)],
  ["rewards below 0", (index: number) => -0.4 + 0.02 * Math.cos(index)],
])(
  "it keeps nine tenths of the best items' gain, and tries every item: %s",
  async (_, rewardOf) => {
    const popularity = popularityOf(rewardOf);
    const served = await probabilities(popularity);
    const scores = ids.map((item) => popularity.scores.get(item)!);
    const best = scores.toSorted((left, right) => right - left).slice(0, 5);
    const bestMean = best.reduce((sum, score) => sum + score, 0) / best.length;
    const value = served.reduce((sum, share, index) => sum + share * scores[index]!, 0);
    expect((value - popularity.mean) / (bestMean - popularity.mean)).toBeCloseTo(0.9, 4);
    expect(Math.min(...served)).toBeGreaterThan(0);
    const byShare = [...ids.keys()].sort((left, right) => served[right]! - served[left]!);
    const byScore = [...ids.keys()].sort((left, right) => scores[right]! - scores[left]!);
    expect(byShare.slice(0, 10)).toEqual(byScore.slice(0, 10));
  },
);

test("without rewards, and for items that nobody has seen, it is the uniform choice", async () => {
  const nothing = await probabilities(popularityOf(() => 0));
  expect(nothing.every((share) => Math.abs(share - 1 / ids.length) < 1e-6)).toBe(true);
  const none = await probabilities(measurePopularity(new Map()));
  expect(none.every((share) => Math.abs(share - 1 / ids.length) < 1e-6)).toBe(true);
  const popularity = popularityOf((index) => 0.08 * Math.exp(-index / 8));
  const withNew = await probabilities(popularity, [...ids, itemId("new")]);
  const nearMean = ids.findIndex((item) => popularity.scores.get(item)! < popularity.mean);
  expect(withNew.at(-1)!).toBeGreaterThan(withNew[nearMean]!);
});

test("it takes the place of what is alike for all users, and of nothing trained unless it is beaten", () => {
  const rewards = new Map([[ids[0]!, { impressions: 100, rewardSum: 20 }]]);
  const options = { slateSize: 1, random };
  const renewal = { ...options, rewards, isBeaten: false };
  const start = renewStart(initialNetwork(random), renewal)!;
  expect(renewStart(start, renewal)!.parameters.itemBias).toEqual(start.parameters.itemBias);
  const trained = createNetwork(policyShape, random);
  expect(renewStart(trained, renewal)).toBeUndefined();
  expect(renewStart(trained, { ...renewal, isBeaten: true })!.parameters.itemBias).toEqual(
    start.parameters.itemBias,
  );
  expect(isUniform(initialNetwork(random))).toBe(true);
  const popular = popularityNetwork(
    popularityOf((index) => index / 100),
    options,
  );
  expect(isUniform(popular)).toBe(false);
});

test("it is untrained, as the first policy is, and a trained one is not", () => {
  const popular = popularityNetwork(
    popularityOf((index) => index / 100),
    { slateSize: 5, random },
  );
  expect(isUntrained(popular)).toBe(true);
  expect(isUntrained(initialNetwork(random))).toBe(true);
  expect(isUntrained(createNetwork(policyShape, random))).toBe(false);
});
