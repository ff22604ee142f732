import { expect, test } from "vitest";
import { sampleState, sampleView } from "../../tests/support/policy.ts";
import { clicksOf } from "../../tests/support/sample.ts";
import { itemId } from "../domain/ids.ts";
import { createRandom } from "../numeric/random.ts";
import {
  encodePopularity,
  greedyLogits,
  loadPopularityPolicy,
  measurePopularity,
} from "./popularity.ts";
import { positionProbabilities } from "./slate.ts";
import { decodeTensors } from "./snapshot.ts";

const [a, b, c] = [itemId("a"), itemId("b"), itemId("c")];

const load = (rewards: Parameters<typeof measurePopularity>[0]) =>
  loadPopularityPolicy(decodeTensors(encodePopularity(measurePopularity(rewards))));

test("an item's mean reward is shrunk towards the overall mean by the impressions that chance and the items' differences ask for", () => {
  const { scores, mean } = measurePopularity(
    new Map([
      [a, clicksOf(100, 30)],
      [b, clicksOf(300, 60)],
    ]),
  );
  expect(mean).toBeCloseTo(0.225, 15);
  // Within items 30·0.7 + 60·0.8 over 398 degrees of freedom; between them 100·0.075² + 300·0.025².
  const variance = 69 / 398;
  const spread = (0.75 - variance) / (400 - 100_000 / 400);
  const prior = variance / spread;
  expect(scores.get(a)).toBeCloseTo((30 + 0.225 * prior) / (100 + prior), 12);
  expect(scores.get(b)).toBeCloseTo((60 + 0.225 * prior) / (300 + prior), 12);
});

test("by ten impressions at the least", () => {
  const { scores } = measurePopularity(
    new Map([
      [a, clicksOf(10, 5)],
      [b, clicksOf(30, 3)],
    ]),
  );
  expect(scores.get(a)).toBeCloseTo(0.35, 15);
  expect(scores.get(b)).toBeCloseTo(0.125, 15);
});

test.each([
  [0.05, 0.02],
  [0.3, 0.1],
])("of drawn items, rates %f ± %f, the prior is near σ²/τ²", (rate, deviation) => {
  const random = createRandom(71);
  const rewards = Array.from({ length: 2000 }, (_, index) => {
    const own = rate + deviation * Math.max(-2, Math.min(2, random.normal()));
    const clicks = Array.from({ length: 50 }, () => (random.uniform() < own ? 1 : 0));
    return [
      itemId(`i-${index}`),
      clicksOf(
        50,
        clicks.reduce<number>((sum, one) => sum + one, 0),
      ),
    ] as const;
  });
  const { scores, mean } = measurePopularity(new Map(rewards));
  const [first, { rewardSum }] = rewards.find(([, one]) => one.rewardSum > 50 * mean)!;
  const shrunk = scores.get(first)!;
  // (Σr + n₀·r̄)/(n + n₀) solved for n₀.
  const prior = (rewardSum - 50 * shrunk) / (shrunk - mean);
  const expected = (rate * (1 - rate) - deviation ** 2) / deviation ** 2;
  // 2,000 items give the between-item variance to about a tenth.
  expect(prior / expected).toBeGreaterThan(0.7);
  expect(prior / expected).toBeLessThan(1.4);
});

test("items that differ by chance alone keep their order, far shrunk", () => {
  const { scores, mean } = measurePopularity(
    new Map([
      [a, clicksOf(100, 20)],
      [b, clicksOf(100, 21)],
    ]),
  );
  expect(scores.get(b)! - scores.get(a)!).toBeCloseTo(1 / 1100, 12);
  expect(mean).toBeCloseTo(0.205, 15);
});

test("a few lucky impressions do not beat many good ones", () => {
  const { scores } = measurePopularity(
    new Map([
      [a, clicksOf(1, 1)],
      [b, clicksOf(1000, 500)],
      [c, clicksOf(1000, 10)],
    ]),
  );
  expect(scores.get(a)).toBeLessThan(scores.get(b)!);
  expect(scores.get(a)).toBeGreaterThan(scores.get(c)!);
});

test("without any impression every item is as good as another", async () => {
  expect(measurePopularity(new Map())).toEqual({ scores: new Map(), mean: 0 });
  const views = [sampleView("a"), sampleView("b")];
  const [left, right] = await load(new Map()).logits(sampleState(), views);
  expect(left! - right!).toBe(0);
});

test("an item that was never shown ranks between those above and below the mean", async () => {
  const policy = load(
    new Map([
      [a, clicksOf(100, 60)],
      [b, clicksOf(100, 20)],
    ]),
  );
  const [best, worst, unknown] = await policy.logits(sampleState(), [
    sampleView("a"),
    sampleView("b"),
    sampleView("new"),
  ]);
  expect(best).toBeGreaterThan(unknown!);
  expect(unknown).toBeGreaterThan(worst!);
  await policy.close();
});

test("rewards below zero are ordered like others", () => {
  const { scores } = measurePopularity(
    new Map([
      [a, { impressions: 50, rewardSum: -50, rewardSquares: 50 }],
      [b, { impressions: 50, rewardSum: -10, rewardSquares: 10 }],
    ]),
  );
  expect(scores.get(a)).toBeLessThan(scores.get(b)!);
});

test("greedy logits give the best item everything and share ties evenly", () => {
  const logits = greedyLogits([0.1, 0.7, 0.3, 0.7]);
  const all = positionProbabilities(logits, [false, false, false, false], 0);
  expect(all[1]).toBe(all[3]);
  expect(all[1]).toBeCloseTo(0.5, 15);
  expect(all[0]! + all[2]!).toBeLessThan(1e-15);
  const next = positionProbabilities(logits, [false, true, false, true], 0);
  expect(next[2]).toBeCloseTo(1, 15);
});

test("scores that differ by the smallest number are no tie", () => {
  const [left, right] = greedyLogits([0.5, 0.5 + Number.EPSILON / 2]);
  expect(right! - left!).toBeGreaterThan(40);
});
