import { beforeAll, describe, expect, test } from "vitest";
import { banditRows } from "../../tests/support/bandit.ts";
import { sampleRow } from "../../tests/support/feedback.ts";
import { fingerprint, sampleState, sampleView, sampleViews } from "../../tests/support/policy.ts";
import type { RowScores } from "../mpo/row-scores.ts";
import { discriminatorSeparation, isHeldOut } from "../mpo/separation.ts";
import { createRandom } from "../numeric/random.ts";
import { createScorer } from "../policy/scorer.ts";
import { type CriticTraining, trainCritic } from "./critic.ts";
import { type CriticRow, createCritic } from "./critic-shape.ts";
import { scoreCritic } from "./score-rows.ts";

const seed = 71;
const views = sampleViews(3);
const state = sampleState();
const rewards = [0.8, 0.5, 0.1];
const count = 600;
const rows = banditRows(
  { count, states: [state], views, rewards: (_, item) => rewards[item]! },
  createRandom(seed),
);

const train = (options: { threads?: number; seed?: number; rows?: readonly CriticRow[] } = {}) =>
  trainCritic({
    network: createCritic(createRandom(seed)),
    rows: options.rows ?? rows,
    defaultReward: 0,
    random: createRandom(options.seed ?? seed),
    threads: options.threads ?? 1,
  });

async function scoresOf(training: CriticTraining): Promise<Omit<RowScores, "logPolicy">> {
  const scorer = await createScorer(training.network, { batchStates: 1, threads: 1 });
  const model = { network: training.network, defaultReward: 0 };
  const [scores] = await scoreCritic(scorer, model, [sampleRow(views, { state })]);
  await scorer.close();
  return scores!;
}

describe(`a world of three items with known rewards, seed ${seed}`, () => {
  let training: CriticTraining;
  let scores: Omit<RowScores, "logPolicy">;
  beforeAll(async () => {
    training = await train();
    scores = await scoresOf(training);
  });

  test("the heads' mean reward is the true one within 4 standard errors of a bootstrap", () => {
    const heads = scores.rewardHeads;
    for (const [item, reward] of rewards.entries()) {
      const mean = heads.reduce((sum, head) => sum + head[item]!, 0) / heads.length;
      // Of a mean of count/3 rewards, each counted once by a pair of heads.
      const error = Math.sqrt((reward * (1 - reward)) / (count / 3));
      expect(Math.abs(mean - reward)).toBeLessThan(4 * error);
    }
  });

  test("the bootstraps of one memory differ, since each has weights of its own", () => {
    expect(scores.rewardHeads[0]).not.toEqual(scores.rewardHeads[1]);
  });

  test("the discriminator puts what satisfied above what the policy shows, the best above all", () => {
    // At its optimum D = log p⁺/π: 0.54, 0.07, −1.54.
    const [best = 0, middle = 0, worst = 0] = scores.discriminator;
    expect(best).toBeGreaterThan(middle);
    expect(middle).toBeGreaterThan(worst);
    expect(best).toBeGreaterThan(0);
    expect(worst).toBeLessThan(0);
    const logPolicy = new Float64Array(3).fill(Math.log(1 / 3));
    const satisfied = rows.map((row) => ({ row, scores: { ...scores, logPolicy } }));
    expect(discriminatorSeparation(satisfied).auc).toBeGreaterThan(0.5);
  });

  test("the loss falls, and what is learned is finite", () => {
    expect(training.lastLoss).toBeLessThan(training.firstLoss);
    for (const values of Object.values(training.network.parameters))
      expect(values.every(Number.isFinite)).toBe(true);
  });

  test("items that were shown get rows of their own", () => {
    expect(training.network.itemIds.toSorted()).toEqual(["", "i-0", "i-1", "i-2"]);
  });
});

describe("on a few rows", () => {
  const few = rows.slice(0, 200);

  test.each([1, 2])(
    "two trainings with the same seed and %i threads are the same bit for bit",
    async (threads) => {
      const [one, two] = [await train({ threads, rows: few }), await train({ threads, rows: few })];
      expect(fingerprint(two.network)).toBe(fingerprint(one.network));
      expect(two.lastLoss).toBe(one.lastLoss);
    },
  );

  test("another seed is another training", async () => {
    const [one, two] = [await train({ rows: few }), await train({ rows: few, seed: 1 })];
    expect(fingerprint(two.network)).not.toBe(fingerprint(one.network));
  });

  test("rows of items that nobody viewed don't train it, and viewed ones count as looked at", async () => {
    const unviewed = few.map((row) => ({ ...row, reward: 0, isViewed: false }));
    const alone = await train({ rows: few });
    const together = await train({ rows: [...few, ...unviewed] });
    expect(fingerprint(together.network)).toBe(fingerprint(alone.network));
    const below = few.map((row) => ({ ...row, position: 1, isViewed: true }));
    const pairs = below.flatMap((row, index) => [{ ...few[index]!, reward: 1 }, row]);
    const marked = await train({ rows: pairs });
    const unmarked = await train({ rows: pairs.map(({ isViewed: _, ...row }) => row) });
    expect(marked.examination).toEqual(unmarked.examination);
    expect(marked.examination.values[1]).toBeLessThan(0.99);
    expect(marked.firstLoss).not.toBe(unmarked.firstLoss);
  });

  test("training goes on from the network that it is given and leaves that as it was", async () => {
    const first = await train({ rows: few });
    const before = fingerprint(first.network);
    const newcomer = [...views, sampleView("new")];
    const second = await trainCritic({
      network: first.network,
      rows: banditRows(
        { count: 100, states: [state], views: newcomer, rewards: (_, item) => rewards[item] ?? 1 },
        createRandom(seed),
      ),
      defaultReward: 0,
      random: createRandom(seed),
      threads: 1,
    });
    expect(fingerprint(first.network)).toBe(before);
    expect(second.network.itemIds.slice(0, 4)).toEqual(first.network.itemIds);
    expect(second.network.itemIds.length).toBe(5);
    expect(second.firstLoss).not.toBe(first.firstLoss);
  });
});

test("the reward of old feedback counts less in a short memory than in a long one", async () => {
  // The item was bad long ago and is good now.
  const changed = Array.from({ length: 250 }, (_, index) => ({
    ...sampleRow(views, { state, reward: index < 125 ? 1 : 0, age: index < 125 ? 0 : 20 }),
    policy: new Float64Array(3).fill(1 / 3),
  }));
  const training = await train({ rows: changed });
  const { rewardHeads } = await scoresOf(training);
  expect(rewardHeads[0]![0]).toBeGreaterThan(rewardHeads.at(-1)![0]! + 0.1);
});

test("where one item was shown and seldom liked, others, which the network has no row for, are no better than what was seen", async () => {
  const shown = rows.map((row, index) => ({ ...row, action: 0, reward: index % 20 === 0 ? 1 : 0 }));
  const { rewardHeads } = await scoresOf(await train({ rows: shown }));
  for (const head of rewardHeads) {
    // Seen: 0.05. A head without an intercept predicts a half for unseen items.
    for (const unseen of [1, 2]) expect(head[unseen]!).toBeLessThan(0.2);
  }
});

test("feedback that all is old trains as well as new", async () => {
  const training = await train({ rows: rows.slice(0, 250).map((row) => ({ ...row, age: 2 })) });
  expect(training.lastLoss).toBeLessThan(training.firstLoss);
  const [good = 0, , bad = 0] = (await scoresOf(training)).rewardHeads.at(-1)!;
  expect(good - bad).toBeGreaterThan(0.2);
});

test("a discriminator that gets worse on the rows it is not trained on goes back to its best epoch", async () => {
  const contrary = Array.from({ length: 300 }, (_, user) => {
    const row = sampleRow(views, { state, user });
    return { ...row, action: isHeldOut(row) ? 2 : 0, policy: new Float64Array(3).fill(1 / 3) };
  });
  const training = await train({ rows: contrary });
  const { discriminator } = await scoresOf(training);
  // The first epoch is the best; thereafter item 0 would stand far above the others.
  expect(discriminator[0]! - discriminator[2]!).toBeLessThan(1.5);
  expect(training.network.parameters.positionBias!.every(Number.isFinite)).toBe(true);
});

test("without feedback the critic stays usable and its losses are numbers", async () => {
  const training = await train({ rows: [] });
  expect([training.steps, training.firstLoss, training.lastLoss]).toEqual([0, 0, 0]);
  const { rewardHeads } = await scoresOf(training);
  expect(rewardHeads.every((head) => head.every((q) => q > 0 && q < 1))).toBe(true);
});
