import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { listBaselines } from "./baselines.ts";
import {
  concludeRanking,
  evaluateRankers,
  type RankingOptions,
  type RankingProgress,
} from "./evaluate-ranking.ts";
import { bareItem, type InteractionData } from "./interaction-data.ts";

const itemCount = 24;

/** Users who walk around a circle of items, each from a place of its own: the last item tells the next one. */
function walk(users: number): InteractionData {
  const random = createRandom(4);
  const sequences = Array.from({ length: users }, () => {
    const start = random.integer(itemCount);
    return Array.from({ length: 5 + random.integer(12) }, (_, i) => (start + i) % itemCount);
  });
  const items = Array.from({ length: itemCount }, (_, item) => bareItem(String(item)));
  const facts = { name: "circle", form: "made here", notes: [], users: [] };
  return { ...facts, itemCount, items, sequences };
}

const options = (change: Partial<RankingOptions> = {}): RankingOptions => ({
  protocol: "leave-one-out",
  k: 10,
  seed: 1,
  threads: 1,
  clock: () => 0,
  onProgress: () => undefined,
  ...change,
});

test("all rankers are tested on the same users, and the Transformer is held against Markov in words", async () => {
  const seen: RankingProgress[] = [];
  const transformer = {
    preset: "small" as const,
    length: 16,
    shape: { width: 16, blocks: 1 },
    settings: { epochs: 2, rows: 8, peakRate: 0.01 },
  };
  const evaluation = await evaluateRankers(
    walk(60),
    options({ transformer, onProgress: (progress) => seen.push(progress) }),
  );
  expect(evaluation.ranked.map(({ ranker }) => ranker)).toEqual([
    ...["popularity", "Markov", "item-kNN", "EASE", "iALS"],
    ...["Transformer", "Transformer with Markov"],
  ]);
  expect(evaluation.ranked.map(({ quality }) => quality.ndcgs.length)).toEqual(
    Array.from({ length: 7 }, () => evaluation.testUsers),
  );
  const hits = evaluation.ranked.map(({ quality }) => quality.accuracy.hitRate.mean);
  // With any window, the circle's next item is among ten of 24; popularity can't know where a user
  // is.
  expect(hits[1]).toBe(1);
  expect(hits[0]).toBeLessThan(0.9);
  // After two epochs the network knows little, and the chain all there is: the pool has to lean on it.
  expect(hits[6]).toBe(1);
  expect(concludeRanking(evaluation)[0]).toMatch(/^The Transformer does not beat Markov/);
  const fits = listBaselines({ threads: 1, seed: 1 }).flatMap(({ variants }) => variants).length;
  expect(seen[fits - 1]).toMatchObject({ stage: "baseline", ranker: "iALS", fit: fits, fits });
  const epochs = seen.filter(({ stage }) => stage === "epoch");
  expect(epochs.at(-1)).toMatchObject({ stage: "epoch", epoch: 2, epochs: 2 });
  expect(seen.at(-1)).toEqual({ stage: "pool" });
}, 60_000);

test("EASE is left out where its matrix would not fit, with a reason", () => {
  const ease = listBaselines({ threads: 1, seed: 1 }).find(({ name }) => name === "EASE");
  expect(ease?.findObstacle?.(12_101)).toBeUndefined();
  expect(ease?.findObstacle?.(100_000)).toBe(
    "its matrix over 100000 items would take 160 GB, more than 6.4",
  );
});

test("a split by time of data without times, and data of too few users, are refused", async () => {
  await expect(evaluateRankers(walk(9), options({ protocol: "time-split" }))).rejects.toThrow(
    "circle has no times to split by; use --protocol leave-one-out",
  );
  await expect(evaluateRankers(walk(1), options())).rejects.toThrow(
    "circle leaves 1 users for validation, 2 are needed: of each user, three items or more",
  );
});

test("data that leave no user two items to train on are refused with a Transformer, before all fits, and not without", async () => {
  const { sequences, ...rest } = walk(50);
  const short = { ...rest, sequences: sequences.map((items) => Array.from(items).slice(0, 3)) };
  const seen: RankingProgress[] = [];
  const onProgress = (progress: RankingProgress) => seen.push(progress);
  const transformer = { preset: "small" as const, length: 16 };
  await expect(evaluateRankers(short, options({ transformer, onProgress }))).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringMatching(/^circle leaves each user one item to train on.*--baselines$/),
  });
  expect(seen).toEqual([]);
  expect((await evaluateRankers(short, options())).testUsers).toBe(50);
});
