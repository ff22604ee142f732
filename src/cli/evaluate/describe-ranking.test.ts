import { expect, test } from "vitest";
import {
  concludeRanking,
  type RankingEvaluation,
} from "../../analysis/ranking/evaluate-ranking.ts";
import { describeRanking } from "./describe-ranking.ts";

const users = 50;

/** Of every user the same NDCG, but for the first, so that there is something to be uncertain about. */
function ranked(ranker: string, ndcg: number, settings = "") {
  const mean = (value: number) => ({ mean: value, standardError: 0.01 });
  const accuracy = {
    hitRate: mean(2 * ndcg),
    recall: mean(2 * ndcg),
    ndcg: mean(ndcg),
    reciprocalRank: mean(0.8 * ndcg),
    averagePrecision: mean(0.8 * ndcg),
  };
  const ndcgs = new Float64Array(users).fill(ndcg);
  ndcgs[0] = 2 * ndcg;
  const rest = { coverage: 0.25, novelty: 3.456, diversity: 0.9, gini: 0.8, ndcgs };
  return { ranker, settings, quality: { k: 10, accuracy, ...rest } };
}

const evaluation = (transformer: number): RankingEvaluation => ({
  data: {
    name: "shop",
    form: "events, CSV",
    users: 1200,
    items: 900,
    interactions: 34_000,
    notes: ["3 repeats were left out"],
  },
  protocol: "leave-one-out",
  k: 10,
  seed: 1,
  trainingInteractions: 31_600,
  testUsers: 1200,
  ranked: [
    ranked("popularity", 0.02),
    ranked("Markov", 0.1, "window 10, decay 0.8"),
    ranked("item-kNN", 0.12, "50 neighbours, shrinkage 10"),
    ranked("Transformer", transformer, "small, length 50"),
  ],
  skipped: [{ ranker: "EASE", reason: "its matrix is too large" }],
});

test("what is printed names data, protocol, figures, settings and what was left out", () => {
  const text = describeRanking(evaluation(0.11));
  const lines = text
    .split("\n")
    .map((line) => line.replaceAll("│", " ").trim().replace(/\s+/g, " "));
  expect(lines).toEqual(
    expect.arrayContaining([
      "data shop: events, CSV; 1,200 users, 900 items, 34,000 interactions",
      "3 repeats were left out",
      "protocol leave-one-out; 31,600 interactions to train on, 1,200 users tested, seed 1",
      "ranked all 900 items but those that a user has seen",
      "Markov 0.2000 0.1000 0.0100 0.0800 25.0 % 3.46 0.900 0.800",
      "item-kNN 50 neighbours, shrinkage 10",
      "EASE left out: its matrix is too large",
    ]),
  );
});

test("lists of one item have a dash for their diversity", () => {
  const one = ranked("popularity", 0.02);
  const { quality } = one;
  const lists = [{ ...one, quality: { ...quality, diversity: Number.NaN } }];
  expect(describeRanking({ ...evaluation(0.11), ranked: lists })).toMatch(/3\.46 +│ +– +│ +0\.800/);
});

test("a pool with the chain has conclusions of its own, and is no rival of the Transformer", () => {
  const alone = evaluation(0.11);
  const pool = ranked("Transformer with Markov", 0.2, "λ 1, window 10, decay 0.8");
  const pooled = { ...alone, ranked: [...alone.ranked, pool] };
  expect(concludeRanking(pooled).map((line) => line.split(":")[0])).toEqual([
    "The Transformer beats Markov",
    "The Transformer does not beat item-kNN, it is worse",
    "The Transformer with Markov beats Markov",
    "The Transformer with Markov beats item-kNN",
  ]);
  expect(describeRanking(pooled)).toContain("Transformer with Markov λ 1, window 10, decay 0.8");
});

test.each([
  [0.15, /^The Transformer beats Markov: \+0\.0510 NDCG@10, 95 % interval \+0\.0490 to \+0\.0530/],
  [0.1, /^The Transformer does not beat Markov beyond chance: \+0\.0000 NDCG@10/],
  [0.08, /^The Transformer does not beat Markov, it is worse: −0\.0204 NDCG@10/],
])("a Transformer of %d is held against a chain of 0.1 in words", (ndcg, words) => {
  const [markov, best, ...more] = concludeRanking(evaluation(ndcg));
  expect(markov).toMatch(words);
  expect(best).toMatch(/item-kNN/);
  expect(more).toEqual([]);
});
