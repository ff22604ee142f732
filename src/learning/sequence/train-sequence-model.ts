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
import {
  assertSettings,
  defaultSettings,
  type SequenceSettings,
  validationRows,
} from "./settings.ts";
import { laneCount } from "./step-trainer.ts";

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
  const runner = await createEpochRunner({
    sequences: options.sequences,
    initial:
      resumeFrom?.trainer ??
      options.start ??
      createTransformer(shape, random.split("start")).parameters,
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
  const { settings, shape, clock, onProgress, resumeFrom } = options;
  onProgress?.(describeStart(runner, options));
  const before = resumeFrom?.elapsed ?? 0;
  const startedAt = clock() - before;
  let best = resumeFrom?.best ?? (await validateStart(options));
  let epoch = resumeFrom?.epoch ?? 0;
  let epochs = plannedEpochs(epoch, before, options);
  const curve = [...(resumeFrom?.curve ?? [])];
  while (epoch < epochs && !isStale(epoch, best, settings.patience)) {
    epoch++;
    const loss = await runner.run(epoch, epochs);
    const elapsed = clock() - startedAt;
    epochs = plannedEpochs(epoch, elapsed, options);
    const validated = await validateEpoch(runner, { epoch, epochs }, options);
    if (
      validated !== undefined &&
      !(validated.metric <= (best?.metric ?? Number.NEGATIVE_INFINITY))
    )
      best = validated;
    const secondsLeft = (elapsed / 1000 / epoch) * (epochs - epoch);
    onProgress?.({
      stage: "epoch",
      epoch,
      epochs,
      loss,
      secondsLeft,
      ...(validated && { metric: validated.metric }),
      ...(best && { bestMetric: best.metric }),
    });
    curve.push({ epoch, loss, ...(validated && { metric: validated.metric }) });
    await options.onCheckpoint?.({
      epoch,
      elapsed,
      best,
      curve: [...curve],
      trainer: runner.trainer.state(),
    });
  }
  const parameters = best?.parameters ?? runner.trainer.averages();
  return {
    model: { shape, parameters },
    epochs: epoch,
    bestEpoch: best?.epoch ?? epoch,
    curve,
    metric: best?.metric,
  };
}

/** Epochs in all that fit the budget, at the pace so far. */
function plannedEpochs(
  done: number,
  elapsed: number,
  {
    settings: { epochs },
    budget = Number.POSITIVE_INFINITY,
  }: { readonly settings: SequenceSettings; readonly budget?: number },
): number {
  if (done === 0 || budget === Number.POSITIVE_INFINITY) return epochs;
  return Math.max(done, Math.min(epochs, Math.floor((budget * done) / elapsed)));
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
  { epoch, epochs }: { readonly epoch: number; readonly epochs: number },
  options: Validation & { readonly settings: SequenceSettings },
): Promise<BestModel | undefined> {
  if (epoch % options.settings.validateEvery !== 0 && epoch !== epochs) return undefined;
  return validateModel(trainer.averages(), epoch, options);
}

type Validation = Pick<SequenceTrainingOptions, "validate" | "threads"> & {
  readonly shape: TransformerShape;
};

const validateStart = async ({
  start,
  ...options
}: Validation & Pick<SequenceTrainingOptions, "start">) =>
  start && validateModel(start, 0, options);

async function validateModel(
  parameters: BestModel["parameters"],
  epoch: number,
  { validate, shape, threads = 1 }: Validation,
): Promise<BestModel | undefined> {
  if (validate === undefined) return undefined;
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
