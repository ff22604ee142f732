import { createRandom } from "../../numeric/random.ts";
import { createCatalogueScorer } from "../../policy/transformer/catalogue-scorer.ts";
import { createTransformer, parameterCount } from "../../policy/transformer/parameters.ts";
import { presetShape, type TransformerShape } from "../../policy/transformer/shape.ts";
import { createEpochRunner, type EpochRunner } from "./epoch-runner.ts";
import { estimateTrainingBytes } from "./memory-need.ts";
import {
  assertSequences,
  type BestModel,
  type SequenceProgress,
  type SequenceTraining,
  type SequenceTrainingOptions,
} from "./sequence-training.ts";
import { assertSettings, defaultSettings, type SequenceSettings } from "./settings.ts";
import { laneCount } from "./step-trainer.ts";

const validationRows = 64;

/**
 * Next-item training of a causal Transformer on item sequences alone, from scratch or from a
 * checkpoint.
 *
 * @throws RangeError if settings, items or a loss are out of range
 */
export async function trainSequenceModel(
  options: SequenceTrainingOptions,
): Promise<SequenceTraining> {
  const settings = { ...defaultSettings, ...options.settings };
  const { itemCount, seed, threads = 1, resumeFrom } = options;
  const shape = options.shape ?? presetShape("small", { items: itemCount, length: 50 });
  assertSettings(settings);
  assertSequences(options.sequences, shape, itemCount);
  const random = createRandom(seed);
  const start = createTransformer(shape, random.split("start"));
  const runner = await createEpochRunner({
    sequences: options.sequences,
    initial: resumeFrom?.trainer ?? start.parameters,
    shape,
    settings,
    random,
    threads,
  });
  try {
    return await runEpochs(runner, { ...options, settings, shape, threads });
  } finally {
    await runner.trainer.close();
  }
}

async function runEpochs(
  runner: EpochRunner,
  options: SequenceTrainingOptions & {
    readonly settings: SequenceSettings;
    readonly shape: TransformerShape;
  },
): Promise<SequenceTraining> {
  const { settings, shape, clock, onProgress } = options;
  const { epochs } = settings;
  const first = (options.resumeFrom?.epoch ?? 0) + 1;
  let best = options.resumeFrom?.best;
  onProgress?.(describeStart(runner, options));
  const startedAt = clock();
  let epoch = first - 1;
  while (epoch < epochs && !isStale(epoch, best, settings.patience)) {
    epoch++;
    const loss = await runner.run(epoch);
    const validated = await validateEpoch(runner, epoch, options);
    if (
      validated !== undefined &&
      !(validated.metric <= (best?.metric ?? Number.NEGATIVE_INFINITY))
    )
      best = validated;
    const secondsLeft = ((clock() - startedAt) / 1000 / (epoch - first + 1)) * (epochs - epoch);
    onProgress?.({
      ...{ stage: "epoch", epoch, epochs, loss, secondsLeft },
      ...(validated && { metric: validated.metric }),
      ...(best && { bestMetric: best.metric }),
    });
    await options.onCheckpoint?.({ epoch, trainer: runner.trainer.state(), best });
  }
  const parameters = best?.parameters ?? runner.trainer.averages();
  return {
    model: { shape, parameters },
    epochs: epoch,
    bestEpoch: best?.epoch ?? epoch,
    metric: best?.metric,
  };
}

const isStale = (epoch: number, best: BestModel | undefined, patience: number) =>
  best !== undefined && epoch - best.epoch >= patience;

const describeStart = (
  { step }: EpochRunner,
  { shape, threads = 1 }: { readonly shape: TransformerShape; readonly threads?: number },
): SequenceProgress => ({
  stage: "start",
  parameters: parameterCount(shape),
  memoryBytes: estimateTrainingBytes(step, laneCount(step, threads)),
});

async function validateEpoch(
  { trainer }: EpochRunner,
  epoch: number,
  options: SequenceTrainingOptions & {
    readonly settings: SequenceSettings;
    readonly shape: TransformerShape;
  },
): Promise<BestModel | undefined> {
  const { validate, settings, shape, threads = 1 } = options;
  if (validate === undefined) return undefined;
  if (epoch % settings.validateEvery !== 0 && epoch !== settings.epochs) return undefined;
  const parameters = trainer.averages();
  const scorer = await createCatalogueScorer(
    { shape, parameters },
    { rows: validationRows, threads },
  );
  try {
    const metric = await validate(scorer);
    if (Number.isNaN(metric))
      throw new RangeError(`the validation metric of epoch ${epoch} is NaN`);
    return { epoch, metric, parameters };
  } finally {
    await scorer.close();
  }
}
