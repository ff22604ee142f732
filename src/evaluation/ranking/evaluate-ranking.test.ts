import { expect, test } from "vitest";
import { compareRankings, evaluateRanking, meanNdcg, meanNdcgs } from "./evaluate-ranking.ts";
import { leaveOneOut } from "./split.ts";

const split = leaveOneOut({
  itemCount: 5,
  sequences: [
    [0, 1, 2],
    [1, 0, 3],
    [0, 1, 4],
  ],
});

/** The same scores for everybody: items in the order given. */
const inOrder = (order: readonly number[]) => async (histories: readonly unknown[]) =>
  histories.map(() => Array.from({ length: order.length }, (_, item) => -order.indexOf(item)));

test("ranks are those of the whole catalogue without the user's history", async () => {
  const quality = await evaluateRanking(inOrder([0, 1, 2, 3, 4]), split, 2);
  // Everybody has seen 0 and 1, so the targets 2, 3 and 4 have ranks 1, 2 and 3.
  expect(quality.accuracy.hitRate.mean).toBeCloseTo(2 / 3, 14);
  expect(quality.accuracy.reciprocalRank.mean).toBeCloseTo((1 + 1 / 2) / 3, 14);
  expect(quality.accuracy.ndcg.mean).toBeCloseTo((1 + 1 / Math.log2(3)) / 3, 14);
  // Variance of 1, 1, 0 about 2/3 is 1/3; over three users.
  expect(quality.accuracy.hitRate.standardError).toBeCloseTo(1 / 3, 14);
  // All see items 2 and 3.
  expect(quality.coverage).toBe(2 / 5);
  // In training two users had item 0, one item 1, none another: items that nobody had share no user.
  expect(quality.novelty).toBe(2);
  expect(quality.diversity).toBe(1);
});

test("with one item shown everything is measured but diversity, which has no pairs", async () => {
  const quality = await evaluateRanking(inOrder([0, 1, 2, 3, 4]), split, 1);
  // Targets 2, 3 and 4 have ranks 1, 2 and 3; all see item 2, which nobody had in training.
  expect(quality.accuracy.hitRate.mean).toBeCloseTo(1 / 3, 14);
  expect([quality.coverage, quality.novelty, quality.gini]).toEqual([1 / 5, 2, 4 / 5]);
  expect(quality.diversity).toBeNaN();
});

test("a ranker that scores all alike gets what drawing lots gives", async () => {
  const alike = async (histories: readonly unknown[]) => histories.map(() => [0, 0, 0, 0, 0]);
  for (const k of [1, 2, 3])
    expect((await evaluateRanking(alike, split, k)).accuracy.hitRate.mean).toBeCloseTo(k / 3, 14);
});

test("rankings are compared user by user", async () => {
  const [first, second] = await Promise.all(
    [
      [0, 1, 2, 3, 4],
      [0, 1, 3, 2, 4],
    ].map((order) => evaluateRanking(inOrder(order), split, 2)),
  );
  const gain = 1 - 1 / Math.log2(3);
  const { mean, standardError } = compareRankings(first!, second!);
  expect(mean).toBeCloseTo(0, 14);
  // Differences gain, −gain and 0: variance gain²; over three users.
  expect(standardError).toBeCloseTo(gain / Math.sqrt(3), 14);
  expect(await meanNdcg(inOrder([0, 1, 2, 3, 4]), split.test, { itemCount: 5, k: 2 })).toBe(
    first!.accuracy.ndcg.mean,
  );
});

test("rankers that share their work each have the mean that they have alone", async () => {
  const sizes = { itemCount: 5, k: 2 };
  const orders = [
    [0, 1, 2, 3, 4],
    [2, 3, 4, 1, 0],
  ].map(inOrder);
  const alone = await Promise.all(orders.map((score) => meanNdcg(score, split.validation, sizes)));
  const together = await meanNdcgs(
    (histories) => Promise.all(orders.map((score) => score(histories))),
    split.validation,
    sizes,
  );
  expect(together).toEqual(alone);
  expect(together[0]).not.toBe(together[1]);
  await expect(meanNdcg(orders[0]!, [], sizes)).rejects.toThrow("at least two users");
});

test("scores of part of the catalogue are refused", async () => {
  const sampled = async (histories: readonly unknown[]) => histories.map(() => [1, 2, 3]);
  await expect(evaluateRanking(sampled, split, 2)).rejects.toThrow(
    "all 5 items must be scored, got 3 scores; ranking against a sample is not comparable",
  );
});
