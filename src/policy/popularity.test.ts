import { expect, test } from "vitest";
import { sampleState, sampleView } from "../../tests/support/policy.ts";
import { itemId } from "../domain/ids.ts";
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

test("an item's mean reward is shrunk towards the overall mean by ten impressions", () => {
  // r̄ = 8/40 = 0.2; a: (5 + 10·0.2)/(10 + 10); b: (3 + 10·0.2)/(30 + 10).
  const { scores, mean } = measurePopularity(
    new Map([
      [a, { impressions: 10, rewardSum: 5 }],
      [b, { impressions: 30, rewardSum: 3 }],
    ]),
  );
  expect(mean).toBeCloseTo(0.2, 15);
  expect(scores.get(a)).toBeCloseTo(0.35, 15);
  expect(scores.get(b)).toBeCloseTo(0.125, 15);
});

test("a few lucky impressions do not beat many good ones", () => {
  const { scores } = measurePopularity(
    new Map([
      [a, { impressions: 1, rewardSum: 1 }],
      [b, { impressions: 1000, rewardSum: 500 }],
      [c, { impressions: 1000, rewardSum: 10 }],
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
      [a, { impressions: 100, rewardSum: 60 }],
      [b, { impressions: 100, rewardSum: 20 }],
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
      [a, { impressions: 50, rewardSum: -50 }],
      [b, { impressions: 50, rewardSum: -10 }],
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
