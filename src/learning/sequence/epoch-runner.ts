import type { RandomStream } from "../../numeric/random.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { type Schedule, warmUpCosine } from "../../tensor/schedule.ts";
import type { Trainer, TrainerOptions } from "../../tensor/trainer.ts";
import { createNegativeSampler } from "./negatives.ts";
import { buildSequenceBatch } from "./sequence-batch.ts";
import type { StepShape } from "./sequence-graph.ts";
import type { SequenceSettings } from "./settings.ts";
import { createStepTrainer } from "./step-trainer.ts";
import { cutWindows, type PackedRow, packRows, splitBatches } from "./windows.ts";

/** Trains epoch by epoch; everything random follows from the stream and the number of the epoch. */
export interface EpochRunner {
  readonly step: StepShape;
  readonly trainer: Trainer;
  /**
   * @param epochs after which the learning rate is at its end
   * @returns mean loss over the targets
   * @throws RangeError if the loss is not finite
   */
  run(epoch: number, epochs: number): Promise<number>;
}

export interface EpochRunnerOptions {
  readonly sequences: readonly ArrayLike<number>[];
  readonly initial: TrainerOptions["initial"];
  readonly shape: TransformerShape;
  readonly settings: SequenceSettings;
  readonly random: RandomStream;
  readonly threads: number;
}

/** β₂ of Adam: gradients of a Transformer change sooner than 0.999 forgets (Vaswani et al. 2017, section 5.3). */
const varianceDecay = 0.98;

export async function createEpochRunner(options: EpochRunnerOptions): Promise<EpochRunner> {
  const { shape, settings } = options;
  const packed = packEpoch(options, 1);
  const step: StepShape = {
    network: shape,
    // No more rows than there are to fill.
    rows: Math.min(settings.rows, packed.length),
    dropout: settings.dropout,
    negatives: shape.items > settings.fullSoftmaxItems ? settings.negatives : undefined,
  };
  const { trainer, masks, settle } = await createStepTrainer({
    step,
    initial: options.initial,
    threads: options.threads,
    varianceDecay,
    weightDecay: settings.weightDecay,
    clipNorm: settings.clipNorm,
    averageDecay: settings.averageDecay,
  });
  const drawNegatives = createNegatives(options, step);
  return {
    step,
    trainer,
    async run(epoch, epochs) {
      const schedule = createSchedule(settings, epochs);
      const random = options.random.split(`epoch/${epoch}`);
      const batches = splitBatches(packEpoch(options, epoch), step.rows);
      let total = 0;
      let targets = 0;
      for (const [index, rows] of batches.entries()) {
        const batch = buildSequenceBatch(rows, { rows: step.rows, length: shape.length });
        const maskSeeds = random.split(`masks/${index}`);
        const feeds = {
          ...batch.feeds,
          ...masks(() => maskSeeds.integer(2 ** 32)),
          ...drawNegatives(batch.targets, random.split(`negatives/${index}`)),
        };
        const { loss } = await trainer.step(
          feeds,
          schedule(epoch - 1 + (index + 1) / batches.length),
        );
        total += loss * batch.used;
        targets += batch.used;
      }
      settle();
      const mean = total / targets;
      if (!Number.isFinite(mean))
        throw new RangeError(
          `the loss of epoch ${epoch} is ${mean}; lower peakRate (${settings.peakRate})`,
        );
      return mean;
    },
  };
}

function packEpoch({ sequences, shape, random }: EpochRunnerOptions, epoch: number): PackedRow[] {
  const stream = random.split(`pack/${epoch}`);
  return packRows(cutWindows(sequences, shape.length, stream), shape.length, stream);
}

/** In epochs, so that the number of batches in one does not matter. */
const createSchedule = (
  { peakRate, warmUp, floorRate }: SequenceSettings,
  epochs: number,
): Schedule =>
  warmUpCosine({
    peak: peakRate,
    warmUpSteps: warmUp * epochs,
    totalSteps: epochs,
    floor: floorRate,
  });

/** Feeds of the sampled softmax; empty if the whole catalogue is compared. */
function createNegatives({ sequences, shape }: EpochRunnerOptions, { negatives }: StepShape) {
  if (negatives === undefined) return () => ({});
  const sampler = createNegativeSampler(sequences, { items: shape.items, count: negatives });
  const logExpected = (items: Int32Array) =>
    Float32Array.from(items, (item) => sampler.logExpected[item]!);
  return (targets: Int32Array, random: RandomStream) => {
    const drawn = sampler.draw(random);
    return {
      negatives: drawn,
      negativeLogExpected: logExpected(drawn),
      targetLogExpected: logExpected(targets),
    };
  };
}
