import { expect, test } from "vitest";
import { sampleState, sampleView } from "../../tests/support/policy.ts";
import { clicksOf } from "../../tests/support/sample.ts";
import { itemId } from "../domain/ids.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { measurePopularity } from "./measure-popularity.ts";
import { createNetwork } from "./network.ts";
import { isUntrained } from "./network-ground.ts";
import { initialNetwork, policyShape } from "./network-policy.ts";
import type { Popularity } from "./popularity.ts";
import { popularityNetwork, renewStart } from "./popularity-network.ts";
import { createScorer } from "./scorer.ts";
import { sampleSlate } from "./slate.ts";

const ids = Array.from({ length: 40 }, (_, index) => itemId(`i-${index}`));
const random = createRandom(57);

async function probabilities(popularity: Popularity, items = ids) {
  const network = popularityNetwork(popularity, { slateSize: 5, maxCandidates: 500, random });
  const scorer = await createScorer(network, { batchStates: 1, threads: 1 });
  const candidates = items.map((item) => sampleView(item));
  const [heads] = await scorer.score([{ state: sampleState(), candidates }]);
  await scorer.close();
  return normaliseLogs(heads![0]!).map(Math.exp);
}

const popularityOf = (rewardOf: (index: number) => number) =>
  measurePopularity(
    new Map(
      ids.map((item, index) => [
        item,
        {
          impressions: 200,
          weightSquares: 200,
          rewardSum: 200 * rewardOf(index),
          rewardSquares: 200 * Math.abs(rewardOf(index)),
        },
      ]),
    ),
  );

test.each<[string, number, (index: number) => number, number]>([
  ["nine tenths", 0.9, (index) => 0.08 * Math.exp(-index / 8), 0],
  ["nine tenths, of rewards below 0,", 0.9, (index) => -0.4 + 0.02 * Math.cos(index), 0],
  ["more, if behaviour is certain,", 0.97, (index) => 0.08 * Math.exp(-index / 8), 0.7],
])(
  "its slates keep %s of the best slate's gain, and it tries every item",
  async (_, kept, rewardOf, certainty) => {
    const popularity = { ...popularityOf(rewardOf), certainty };
    const served = await probabilities(popularity);
    const scores = ids.map((item) => popularity.scores.get(item)!);
    const best = scores.toSorted((left, right) => right - left).slice(0, 5);
    const bestMean = best.reduce((sum, score) => sum + score, 0) / best.length;
    const logits = served.map(Math.log);
    const draws = createRandom(58);
    const values = Array.from({ length: 4000 }, () => {
      const { order } = sampleSlate({ logits, slateSize: 5, exploration: 0, random: draws });
      return order.reduce((sum, index) => sum + scores[index]!, 0) / 5;
    });
    const gains = values.map((one) => (one - popularity.mean) / (bestMean - popularity.mean));
    const gain = gains.reduce((sum, one) => sum + one, 0) / gains.length;
    const deviation = Math.sqrt(gains.reduce((sum, one) => sum + (one - gain) ** 2, 0) / 4000);
    // 128 slates solved for it, 4,000 measure it.
    const error = deviation * Math.sqrt(1 / 128 + 1 / 4000);
    expect(Math.abs(gain - kept)).toBeLessThan(4 * error);
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

test("items without a score have the mean, and take their part of what is tried", async () => {
  const popularity = popularityOf((index) => 0.08 * Math.exp(-index / 8));
  const options = { slateSize: 5, maxCandidates: 500, random };
  const steepest = ({ items }: { readonly items: number }) =>
    Math.max(...popularityNetwork(popularity, { ...options, items }).parameters.itemBias!);
  expect(steepest({ items: 400 })).toBeGreaterThan(1.2 * steepest({ items: ids.length }));
  expect(steepest({ items: 10 })).toBe(steepest({ items: ids.length }));
});

test("it is untrained, as the first policy is, and a trained one is not", () => {
  const popular = popularityNetwork(
    popularityOf((index) => index / 100),
    { slateSize: 5, maxCandidates: 500, random },
  );
  expect(isUntrained(popular)).toBe(true);
  expect(isUntrained(initialNetwork(random))).toBe(true);
  expect(isUntrained(createNetwork(policyShape, random))).toBe(false);
});

/** Users of the first half like one item, those of the second the other. */
const [liked, other] = [ids[0]!, ids[1]!];
const renewal = {
  isBeaten: false,
  slateSize: 1,
  maxCandidates: 500,
  random,
  rewards: (without?: "first" | "second") =>
    new Map([
      [liked, clicksOf(100, without === "first" ? 0 : 50)],
      [other, clicksOf(100, without === "second" ? 0 : 40)],
    ]),
};
const bestOf = ({ itemIds, parameters }: ReturnType<typeof initialNetwork>) =>
  itemIds[parameters.itemBias!.indexOf(Math.max(...parameters.itemBias!))];

test("it takes the place of what is alike for all users, and of nothing trained unless it is beaten", () => {
  const start = renewStart(initialNetwork(random), renewal)!();
  expect(bestOf(start)).toBe(liked);
  expect(renewStart(start, renewal)!().parameters.itemBias).toEqual(start.parameters.itemBias);
  const trained = createNetwork(policyShape, random);
  expect(renewStart(trained, renewal)).toBeUndefined();
  expect(bestOf(renewStart(trained, { ...renewal, isBeaten: true })!())).toBe(liked);
});

test("each half judges a start that has not seen its rewards", () => {
  const renew = renewStart(initialNetwork(random), renewal)!;
  expect(bestOf(renew("first"))).toBe(other);
  expect(bestOf(renew("second"))).toBe(liked);
});
