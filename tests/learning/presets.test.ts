import { expect, test } from "vitest";
import type { Preset } from "../../src/domain/preset.ts";
import type { SequenceProgress } from "../../src/learning/sequence/sequence-training.ts";
import { trainSequenceModel } from "../../src/learning/sequence/train-sequence-model.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { createCatalogueScorer } from "../../src/policy/transformer/catalogue-scorer.ts";
import { parameterCount } from "../../src/policy/transformer/parameters.ts";
import { presetShape } from "../../src/policy/transformer/shape.ts";

const isWhole = process.env.RECURVE_FULL !== undefined;

/** One step on one batch, then scores of one history. */
async function trainAndServe(preset: Preset, items: number) {
  const shape = presetShape(preset, { items, length: 20 });
  const random = createRandom(1);
  const sequences = [Array.from({ length: 21 }, () => random.integer(items))];
  const progress: SequenceProgress[] = [];
  const { model } = await trainSequenceModel({
    sequences,
    itemCount: items,
    seed: 1,
    shape,
    clock: () => 0,
    settings: { epochs: 1, rows: 1, averageDecay: 0 },
    onProgress: (one) => progress.push(one),
  });
  const scorer = await createCatalogueScorer(model);
  const [scores = new Float32Array()] = await scorer.score([[1, 2, 3]]);
  await scorer.close();
  return { shape, progress, scores };
}

test.each<[Preset, number]>([
  ["small", 1000],
  ["base", 100],
])(
  "preset %s takes a training step and serves a request",
  { timeout: 120_000 },
  async (preset, items) => {
    const { shape, progress, scores } = await trainAndServe(preset, items);
    // The need of memory is told before the first epoch.
    expect(progress.map(({ stage }) => stage)).toEqual(["start", "epoch"]);
    const parameters = parameterCount(shape);
    expect(progress[0]).toMatchObject({ parameters });
    // θ, m and v at least.
    expect(progress[0]).toHaveProperty(
      "memoryBytes",
      expect.toSatisfy((n) => n > 12 * parameters),
    );
    expect(scores).toHaveLength(items);
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(new Set(scores).size).toBeGreaterThan(items / 2);
  },
);

test.skipIf(!isWhole)(
  "preset large takes a training step with 10,000 items and serves a request (needs RECURVE_FULL)",
  { timeout: 300_000 },
  async () => {
    const { shape, progress, scores } = await trainAndServe("large", 10_000);
    expect(parameterCount(shape)).toBeGreaterThan(40e6);
    expect(progress.map(({ stage }) => stage)).toEqual(["start", "epoch"]);
    expect(scores).toHaveLength(10_000);
    expect(scores.every(Number.isFinite)).toBe(true);
  },
);
