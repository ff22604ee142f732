import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import {
  type CatalogueScorer,
  createCatalogueScorer,
} from "../../policy/transformer/catalogue-scorer.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import type {
  SequenceCheckpoint,
  SequenceProgress,
  SequenceTrainingOptions,
} from "./sequence-training.ts";
import { trainSequenceModel } from "./train-sequence-model.ts";

const itemCount = 12;
const shape: TransformerShape = {
  items: itemCount,
  width: 16,
  blocks: 1,
  heads: 1,
  length: 8,
  feedForward: "relu",
};

/** Stretches of the circle 0, 1, …, 11, 0: the last item alone tells the next one. */
function circles(count: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const start = random.integer(itemCount);
    return Array.from({ length: 3 + random.integer(15) }, (_, i) => (start + i) % itemCount);
  });
}

const sequences = circles(60, 1);
const settings = { epochs: 6, rows: 8, peakRate: 0.01, validateEvery: 1, averageDecay: 0.9 };

/** Share of items whose successor has the best score. */
async function successorRate(scorer: CatalogueScorer): Promise<number> {
  const scores = await scorer.score(Array.from({ length: itemCount }, (_, item) => [item]));
  const hits = scores.filter(
    (row, item) => row.indexOf(Math.max(...row)) === (item + 1) % itemCount,
  );
  return hits.length / itemCount;
}

const options = (change: Partial<SequenceTrainingOptions> = {}): SequenceTrainingOptions => ({
  sequences,
  itemCount,
  seed: 7,
  shape,
  clock: () => 0,
  ...change,
  settings: { ...settings, ...change.settings },
});

test("what follows what is learned, from all items and from sampled ones", async () => {
  for (const fullSoftmaxItems of [itemCount, 1]) {
    const { model } = await trainSequenceModel(
      options({
        settings: { ...settings, epochs: 14, peakRate: 0.02, fullSoftmaxItems, negatives: 16 },
      }),
    );
    const scorer = await createCatalogueScorer(model);
    expect(await successorRate(scorer)).toBe(1);
    await scorer.close();
  }
});

test.each([1, 2])(
  "the same seed gives the same model bit for bit, another one another, threads: %i",
  async (threads) => {
    const first = await trainSequenceModel(options({ threads }));
    expect(await trainSequenceModel(options({ threads }))).toEqual(first);
    expect(await trainSequenceModel(options({ threads, seed: 8 }))).not.toEqual(first);
  },
);

test("two threads learn what one does but for the last digits", async () => {
  const lossesOf = async (threads: number) => {
    const losses: number[] = [];
    await trainSequenceModel(
      options({
        threads,
        settings: { ...settings, epochs: 3, dropout: 0 },
        onProgress: (seen) => seen.stage === "epoch" && losses.push(seen.loss),
      }),
    );
    return losses;
  };
  const expected = await lossesOf(1);
  // Sums of float32 numbers in another order, over 45 steps that Adam scales to one length.
  for (const [epoch, loss] of (await lossesOf(2)).entries())
    expect(loss).toBeCloseTo(expected[epoch]!, 3);
});

test.each([1, 2])(
  "training that was broken off goes on to the same model, threads: %i",
  async (threads) => {
    const validate = successorRate;
    const whole = await trainSequenceModel(options({ validate, threads }));
    let kept: SequenceCheckpoint | undefined;
    const broken = trainSequenceModel(
      options({
        validate,
        threads,
        onCheckpoint: async (checkpoint) => {
          kept = checkpoint;
          if (checkpoint.epoch === 3) throw new Error("power cut");
        },
      }),
    );
    await expect(broken).rejects.toThrow("power cut");
    const resumed = await trainSequenceModel(options({ validate, threads, resumeFrom: kept! }));
    expect(resumed).toEqual(whole);
  },
);

test("the epoch that validates best is handed out, and training ends when none has been better for long", async () => {
  const metrics = [0.1, 0.5, 0.3, 0.5, 0.2, 0.9];
  const checkpoints: SequenceCheckpoint[] = [];
  const trained = await trainSequenceModel(
    options({
      settings: { ...settings, patience: 3 },
      validate: async () => metrics[checkpoints.length]!,
      onCheckpoint: async (checkpoint) => {
        checkpoints.push(checkpoint);
      },
    }),
  );
  expect(trained).toMatchObject({ epochs: 5, bestEpoch: 2, metric: 0.5 });
  expect(trained.model.parameters).toEqual(checkpoints[1]!.trainer.averages);
});

test("training continues from parameters that were trained before, and hands them out if no epoch is better", async () => {
  const { model } = await trainSequenceModel(
    options({ settings: { ...settings, epochs: 14, peakRate: 0.02 }, validate: successorRate }),
  );
  const start = model.parameters;
  const losses: number[] = [];
  const continued = await trainSequenceModel(
    options({
      start,
      settings: { ...settings, epochs: 3 },
      validate: async () => 0.5 - 0.1 * losses.length,
      onProgress: (seen) => seen.stage === "epoch" && losses.push(seen.loss),
    }),
  );
  expect(continued).toMatchObject({ epochs: 3, bestEpoch: 0, metric: 0.5 });
  expect(continued.model.parameters).toEqual(start);
  // A random start costs log 12 = 2.48 nats.
  expect(losses[0]).toBeLessThan(1);
});

test("progress tells the need of memory first, then loss, metric and the time left", async () => {
  const seen: SequenceProgress[] = [];
  let now = 0;
  await trainSequenceModel(
    options({
      settings: { ...settings, epochs: 3, validateEvery: 2 },
      validate: async () => 0.25,
      clock: () => {
        now += 2000;
        return now;
      },
      onProgress: (progress) => seen.push(progress),
    }),
  );
  const [start, ...epochs] = seen;
  // Tables 20·16; a block: norms 4·16, squares 4·16², 2·16·64 and 64 + 16 of bias; a last norm 2·16.
  expect(start).toMatchObject({ stage: "start", parameters: 3568 });
  expect(epochs).toMatchObject([
    { epoch: 1, epochs: 3, secondsLeft: 4 },
    { epoch: 2, metric: 0.25, bestMetric: 0.25, secondsLeft: 2 },
    { epoch: 3, metric: 0.25, secondsLeft: 0 },
  ]);
  expect(epochs[0]).not.toHaveProperty("metric");
  const losses = epochs.map((progress) => (progress.stage === "epoch" ? progress.loss : 0));
  // Uniform over 12 items at first.
  expect(losses[0]).toBeLessThan(Math.log(itemCount) + 0.1);
  expect(losses[2]).toBeLessThan(losses[0]!);
});

test.each<[Partial<SequenceTrainingOptions>, string]>([
  [{ sequences: [[1]] }, "sequences must have one of two items or more, to predict the second"],
  [{ sequences: [[1, 12]] }, "sequences[0]: items must be integers in [0, 12), got 12"],
  [{ itemCount: 11 }, "shape.items must be itemCount 11, got 12"],
  [{ settings: { epochs: 0 } }, "epochs must be a positive integer, got 0"],
  [{ settings: { warmUp: 1 } }, "warmUp must be in [0, 1), got 1"],
  [{ settings: { peakRate: 0 } }, "peakRate must be above 0, got 0"],
  [{ settings: { dropout: 1 } }, "dropout must be in [0, 1) in steps of 1/128, got 1"],
  [{ validate: async () => Number.NaN }, "the validation metric of epoch 1 is NaN"],
])("training with %j is refused", async (change, message) => {
  await expect(trainSequenceModel(options(change))).rejects.toThrow(message);
});

test("a training that diverges is refused with its learning rate", async () => {
  const diverging = options({ settings: { ...settings, peakRate: 1e30, clipNorm: 1e30 } });
  await expect(trainSequenceModel(diverging)).rejects.toThrow(
    /the loss of epoch \d is NaN; lower peakRate/,
  );
});

test("with more items than a step can use, what follows what is learned, and a broken training goes on", async () => {
  const items = 150;
  // 2 rows of 4 cells and 8 negatives use at most 24 items.
  const large = {
    sequences: circles(30, 1).map((sequence) => sequence.map((item) => 10 * item)),
    itemCount: items,
    shape: { ...shape, items, length: 4 },
  };
  const sampled = { rows: 2, fullSoftmaxItems: 1, negatives: 8, peakRate: 0.02, epochs: 8 };
  const run = (change: Partial<SequenceTrainingOptions> = {}) =>
    trainSequenceModel(options({ ...large, ...change, settings: { ...settings, ...sampled } }));
  let kept: SequenceCheckpoint | undefined;
  const whole = await run();
  const broken = run({
    onCheckpoint: async (checkpoint) => {
      kept = checkpoint;
      if (checkpoint.epoch === 3) throw new Error("power cut");
    },
  });
  await expect(broken).rejects.toThrow("power cut");
  expect(await run({ resumeFrom: kept! })).toEqual(whole);
  const scorer = await createCatalogueScorer(whole.model);
  const scores = await scorer.score(Array.from({ length: itemCount }, (_, item) => [10 * item]));
  await scorer.close();
  const followers = scores.map((row) => row.indexOf(Math.max(...row)));
  expect(followers).toEqual(
    Array.from({ length: itemCount }, (_, item) => 10 * ((item + 1) % itemCount)),
  );
});
