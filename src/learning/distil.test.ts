import { beforeAll, describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { paddedBatch } from "../../tests/support/padded-batch.ts";
import {
  fingerprint,
  randomNetwork,
  randomState,
  sampleViews,
} from "../../tests/support/policy.ts";
import { type DistilObjective, distilObjectives } from "../domain/mpo-configuration.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import type { Network } from "../policy/network.ts";
import { initialNetwork, policyShape } from "../policy/network-policy.ts";
import { createScorer } from "../policy/scorer.ts";
import { type Distillation, type DistilRow, distil } from "./distil.ts";
import { createDistilTrainer } from "./distil-graph.ts";
import { scorePolicy } from "./score-rows.ts";

const seed = 73;
const views = sampleViews(6);
const random = createRandom(seed);
const rows = Array.from({ length: 400 }, () =>
  sampleRow(views, { state: randomState(views, random), action: random.integer(6) }),
);

async function logsOf(network: Network) {
  const scorer = await createScorer(network, { batchStates: 64, threads: 1 });
  const logs = await scorePolicy(scorer, rows);
  await scorer.close();
  return logs;
}

/** Pools alone: the trained network reaches this with an encoder that adds nothing. */
const targetLogs = await logsOf(randomNetwork({ ...policyShape }, views, random));
const targets: DistilRow[] = rows.map((row, index) => ({
  ...row,
  target: targetLogs[index]!.map(Math.exp),
}));
const start = initialNetwork(createRandom(seed));

const train = (objective: DistilObjective, options: Partial<Parameters<typeof distil>[0]> = {}) =>
  distil({
    network: start,
    rows: targets,
    objective,
    random: createRandom(seed),
    threads: 1,
    ...options,
  });

const few = { settings: { ...defaultMpo.distillation, maxEpochs: 3 } };

const meanKl = (logs: readonly Float64Array[]) =>
  logs.reduce((sum, log, index) => sum + klDivergence(targetLogs[index]!, log), 0) / logs.length;

describe.each(distilObjectives)("%s", (objective) => {
  let result: Distillation;
  beforeAll(async () => {
    result = await train(objective);
  });

  test("KL(target ‖ policy) falls, and a target that can be represented is reached by and by", async () => {
    const before = meanKl(await logsOf(start));
    expect(meanKl(await logsOf(result.network))).toBeLessThan(before / 2);
    const settings = { ...defaultMpo.distillation, minEpochs: 36, maxEpochs: 36 };
    const { network } = await train(objective, { network: result.network, settings });
    expect(meanKl(await logsOf(network))).toBeLessThan(before / 50);
  });

  test("its loss falls towards its smallest value: the target's entropy, or 0", () => {
    const entropy =
      -targetLogs.reduce((sum, logs) => sum + logs.reduce((h, l) => h + Math.exp(l) * l, 0), 0) /
      rows.length;
    const smallest = objective === "cross-entropy" ? entropy : 0;
    expect(result.objective).toBe(objective);
    expect(result.epochs).toBeGreaterThan(0);
    expect(result.lastLoss).toBeLessThan(result.firstLoss);
    expect(result.lastLoss).toBeGreaterThan(smallest - 1e-4);
  });

  test("two runs with the same seed are the same bit for bit", async () => {
    const [one, two] = [await train(objective, few), await train(objective, few)];
    expect(fingerprint(two.network)).toBe(fingerprint(one.network));
  });

  test("what it does not learn stays as it was, and so does the network that it was given", () => {
    expect(result.network.parameters.positionBias).toEqual(start.parameters.positionBias);
    expect(start.parameters.stateWeights!.every((value) => value === 0)).toBe(true);
    expect(start.itemIds).toEqual([""]);
    expect(result.network.itemIds.toSorted()).toEqual(["", ...views.map(({ itemId }) => itemId)]);
  });
});

test("two runs with the same seed and two threads are the same bit for bit", async () => {
  const [one, two] = [
    await train("reverse-kl", { ...few, threads: 2 }),
    await train("reverse-kl", { ...few, threads: 2 }),
  ];
  expect(fingerprint(two.network)).toBe(fingerprint(one.network));
});

test("the learning rate falls linearly, step by step", async () => {
  const settings = { ...defaultMpo.distillation, minEpochs: 4, maxEpochs: 4 };
  const batch = targets.slice(0, 200);
  const { network, steps } = await train("cross-entropy", { rows: batch, settings });
  expect(steps).toBe(4);
  // Steps of Adam on an even gradient are as long as its rate, from weights of zero.
  const farthest = Math.max(...network.parameters.stateWeights!.map(Math.abs));
  expect(farthest / settings.learningRate).toBeCloseTo(1 + 3 / 4 + 2 / 4 + 1 / 4, 1);
});

test("a target that gives a candidate nothing is approached without breaking", async () => {
  const certain = rows.slice(0, 300).map((row) => ({
    ...row,
    target: Float64Array.of(1, 0, 0, 0, 0, 0),
  }));
  for (const objective of ["cross-entropy", "reverse-kl"] as const) {
    const { network, lastLoss } = await distil({
      network: start,
      rows: certain,
      objective,
      random: createRandom(seed),
      threads: 1,
    });
    expect(Number.isFinite(lastLoss)).toBe(true);
    const logs = await logsOf(network);
    expect(Math.exp(logs[0]![0]!)).toBeGreaterThan(0.9);
  }
});

test("full-batch steps at a small rate lower the reverse KL every time", async () => {
  const few = targets.slice(0, 256);
  const network = randomNetwork({ ...policyShape, width: 4 }, views, createRandom(seed + 1));
  const { batch, shape } = paddedBatch(few, network);
  const cells = shape.rows * shape.candidates;
  const logTarget = new Float32Array(cells);
  const mask = new Float32Array(cells).fill(-1e9).fill(0, few.length * shape.candidates);
  for (const [row, { target }] of few.entries())
    for (const [candidate, place] of batch.places[row]!.entries()) {
      logTarget[row * shape.candidates + place] = Math.log(target[candidate]!);
      mask[row * shape.candidates + place] = 0;
    }
  const trainer = await createDistilTrainer({
    network,
    shape,
    objective: "reverse-kl",
    threads: 1,
  });
  const data = {
    ...batch.feeds,
    logTarget,
    mask,
    rowWeights: new Float32Array(shape.rows).fill(1 / few.length).fill(0, few.length),
  };
  const losses: number[] = [];
  for (let step = 0; step < 40; step++) losses.push((await trainer.step(data, 1e-3)).loss);
  await trainer.close();
  expect(losses.every((loss, step) => step === 0 || loss < losses[step - 1]!)).toBe(true);
  expect(losses.at(-1)).toBeGreaterThan(0);
});

test("the likelihood term draws the policy to what earned a reward, and at 0 rewards change nothing", async () => {
  const run = async (reward: number, likelihood: number) => {
    const { network } = await distil({
      network: start,
      rows: targets.slice(0, 100).map((row) => ({ ...row, reward })),
      objective: "cross-entropy",
      random: createRandom(seed),
      threads: 1,
      settings: { ...defaultMpo.distillation, maxEpochs: 4, likelihood },
    });
    const logs = (await logsOf(network)).slice(0, 100);
    const mean = logs.reduce((sum, log, index) => sum + log[rows[index]!.action]!, 0) / logs.length;
    return { print: fingerprint(network), mean };
  };
  const without = await run(1, 0);
  expect((await run(0, 1)).print).toBe(without.print);
  expect((await run(1, 1)).mean).toBeGreaterThan(without.mean + 0.1);
});
