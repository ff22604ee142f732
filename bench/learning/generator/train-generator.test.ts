import { beforeAll, describe, expect, test } from "vitest";
import type { ChallengerSetting } from "../../../src/domain/improvement-record.ts";
import { rewardHeadCount } from "../../../src/learning/critic-shape.ts";
import { challengerLogs, referenceLogs } from "../../../src/mpo/challengers.ts";
import { solveChallenger } from "../../../src/mpo/restraint.ts";
import { createSeparation, shareBelow } from "../../../src/mpo/separation.ts";
import { klDivergence } from "../../../src/numeric/log-probabilities.ts";
import { createRandom, type RandomStream } from "../../../src/numeric/random.ts";
import { createScorer } from "../../../src/policy/scorer.ts";
import { sampleRow } from "../../../tests/support/feedback.ts";
import {
  largestDifference,
  randomNetwork,
  randomState,
  sampleViews,
} from "../../../tests/support/policy.ts";
import { type GeneratorRow, generatorLogs } from "./generator.ts";
import { type GeneratorTraining, trainGenerator } from "./train-generator.ts";

const seed = 977;
const views = sampleViews(30);
const threads = 1;

const setting = (name: string, values: Partial<ChallengerSetting>): ChallengerSetting => ({
  name,
  klRadius: 0.5,
  pessimism: 0,
  discriminator: 0,
  proximity: 1,
  memory: [0, 0, 1],
  ...values,
});
const settings = [
  setting("near", { klRadius: 0.1 }),
  setting("far", { klRadius: 1 }),
  setting("softmax", { klRadius: 1, proximity: 0 }),
];

/** Rows of the uniform policy over a sample of the items; their value is a two-tower score. */
async function simulate(count: number, random: RandomStream): Promise<GeneratorRow[]> {
  const truth = randomNetwork({ heads: 1, width: 4, positions: 1 }, views, createRandom(seed));
  const asked = Array.from({ length: count }, () => ({
    state: randomState(views, random),
    candidates: views.filter(() => random.uniform() < 0.5),
  })).filter(({ candidates }) => candidates.length > 1);
  const scorer = await createScorer(truth, { batchStates: 64, threads });
  const scores = await scorer.score(asked);
  await scorer.close();
  return asked.map(({ state, candidates }, index) => {
    const q = scores[index]![0]!.map((score) => 1 / (1 + Math.exp(1 - 2 * score)));
    const action = random.integer(candidates.length);
    const count = candidates.length;
    return {
      ...sampleRow(candidates, { state, action }),
      reward: random.uniform() < q[action]! ? 1 : 0,
      scores: {
        logPolicy: new Float64Array(count).fill(-Math.log(count)),
        rewardHeads: Array.from({ length: rewardHeadCount }, () => q),
        discriminator: new Float64Array(count),
      },
    };
  });
}

describe(`on candidate sets where the closed form can run too, seed ${seed}`, () => {
  let rows: GeneratorRow[];
  let fresh: GeneratorRow[];
  let training: GeneratorTraining;
  const tempered = () =>
    settings.map((one) => ({
      setting: one,
      temperature: solveChallenger(
        rows.map(({ scores }) => scores),
        one,
        false,
      ).temperature,
    }));
  beforeAll(async () => {
    const random = createRandom(seed);
    rows = await simulate(500, random);
    fresh = await simulate(60, random);
    training = await trainGenerator({
      rows,
      settings: tempered(),
      epochs: 30,
      random: createRandom(seed),
      threads,
    });
  });

  /** Of states and samples of items that it was not trained on. */
  async function compare(index: number) {
    const { setting: own, temperature } = tempered()[index]!;
    const made = await generatorLogs(training.generator, fresh, { setting: own, threads });
    const mean = (value: (row: GeneratorRow, logs: Float64Array) => number) =>
      fresh.reduce((sum, row, i) => sum + value(row, made[i]!) / fresh.length, 0);
    const closed = (row: GeneratorRow) => challengerLogs(row.scores, own, { temperature });
    const worth = ({ scores }: GeneratorRow, logs: Float64Array) =>
      logs.reduce((sum, log, a) => sum + Math.exp(log) * scores.rewardHeads[0]![a]!, 0);
    return {
      left: mean((row, logs) => klDivergence(closed(row), logs)),
      way: mean((row) =>
        klDivergence(closed(row), referenceLogs(row.scores.logPolicy, own.proximity)),
      ),
      value: mean(worth),
      closedValue: mean((row) => worth(row, closed(row))),
      referenceValue: mean((row) => worth(row, row.scores.logPolicy)),
    };
  }

  test("the generator leaves little of the way to the closed form, under every setting", async () => {
    for (const index of settings.keys()) {
      const { left, way, value, closedValue, referenceValue } = await compare(index);
      expect(left).toBeLessThan(0.25 * way);
      expect(value - referenceValue).toBeGreaterThan(0.8 * (closedValue - referenceValue));
    }
  });

  test("a setting that is none of those it was trained on lies between", async () => {
    const between = setting("between", { klRadius: 0.32 });
    const logs = await generatorLogs(training.generator, fresh, { setting: between, threads });
    const spread = (all: readonly Float64Array[]) =>
      all.reduce(
        (sum, log) =>
          sum +
          klDivergence(
            log,
            log.map(() => -Math.log(log.length)),
          ),
        0,
      );
    const [near, far] = await Promise.all(
      settings
        .slice(0, 2)
        .map((one) => generatorLogs(training.generator, fresh, { setting: one, threads })),
    );
    expect(spread(logs)).toBeGreaterThan(spread(near!));
    expect(spread(logs)).toBeLessThan(spread(far!));
  });

  test("its critic tells satisfied choices from its own", async () => {
    const scorer = await createScorer(training.discriminator, { batchStates: 64, threads });
    const logits = await scorer.score(rows);
    await scorer.close();
    const separation = createSeparation();
    const made = await generatorLogs(training.generator, rows, { setting: settings[0]!, threads });
    for (const [index, { action, reward }] of rows.entries())
      separation.add(shareBelow(logits[index]![0]!, made[index]!.map(Math.exp), action), reward);
    expect(separation.result().auc).toBeGreaterThan(0.5);
  });
});

test("the same seed trains the same generator", async () => {
  const guided = setting("guided", { discriminator: 0.5 });
  const rows = await simulate(40, createRandom(seed));
  const train = (epochs: number) =>
    trainGenerator({
      rows,
      settings: [{ setting: guided, temperature: 0.1 }],
      epochs,
      random: createRandom(seed),
      threads,
    });
  const logs = async ({ generator }: GeneratorTraining) =>
    (await generatorLogs(generator, rows, { setting: guided, threads }))[0]!;
  const start = await logs(await train(0));
  const [one, two] = [await train(2), await train(2)];
  expect(largestDifference(await logs(one), await logs(two))).toBe(0);
  expect(largestDifference(await logs(one), start)).toBeGreaterThan(1e-3);
  expect(one.lastLoss).toBeLessThan(one.firstLoss);
});
