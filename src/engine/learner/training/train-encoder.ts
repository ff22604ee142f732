import type { TrainingRecord } from "../../../domain/cycle-record.ts";
import { EngineError } from "../../../domain/errors.ts";
import { type Preset, presetNames } from "../../../domain/preset.ts";
import { meanNdcg } from "../../../evaluation/ranking/evaluate-ranking.ts";
import type { HeldOutItem } from "../../../evaluation/ranking/split.ts";
import { carryParameters } from "../../../learning/sequence/carry-parameters.ts";
import { isTarget, itemOf } from "../../../learning/sequence/codes.ts";
import { estimateTraining } from "../../../learning/sequence/memory-need.ts";
import type { SequenceTraining } from "../../../learning/sequence/sequence-training.ts";
import { trainSequenceModel } from "../../../learning/sequence/train-sequence-model.ts";
import type { Encoder } from "../../../policy/encoder/encoder.ts";
import type { EncoderModel } from "../../../policy/encoder/encoder-model.ts";
import { presetShape, type TransformerShape } from "../../../policy/transformer/shape.ts";
import { chooseChainFor, leastValidation } from "./choose-chain.ts";
import { chooseFeatures } from "./choose-features.ts";
import { chooseRecipe, continueRecipe, type Recipe } from "./recipe.ts";
import {
  saveTraining,
  type TrainingStart,
  type UnfinishedTraining,
} from "./training-checkpoint.ts";
import type { BehaviourTrainingOptions, TrainingData } from "./training-data.ts";

/** Of the ranking that chooses the epoch. */
const k = 10;
/** A checkpoint is written at most so often: it holds the network five times. */
const checkpointMs = 20_000;
const minuteMs = 60_000;
const mebibyte = 2 ** 20;

export interface EncoderTraining {
  readonly model: EncoderModel;
  readonly figures: Pick<
    TrainingRecord["training"],
    "epochs" | "bestEpoch" | "curve" | "metric" | "chain"
  >;
}

/** Held-out events that choose the epoch: no repeats, since a ranking leaves seen items out. */
function validationOf(heldOut: TrainingData["heldOut"]): readonly HeldOutItem[] {
  return heldOut.flatMap(({ codes }) => {
    const items = codes.map(itemOf);
    const target = items.pop();
    if (target === undefined || items.length === 0 || items.includes(target)) return [];
    return [{ history: items, target }];
  });
}

/** Events of each item among those that are to be foreseen. */
function countItems(sequences: TrainingData["sequences"], items: number): Float32Array {
  const counts = new Float32Array(items);
  for (const codes of sequences)
    for (const code of codes) if (isTarget(code)) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

interface Plan extends Recipe {
  readonly shape: TransformerShape;
}

function planPreset(
  preset: Preset,
  { sequences, behaviour }: TrainingData,
  from?: EncoderModel,
): Plan {
  const items = behaviour.itemIds.length;
  const recipe = chooseRecipe(sequences, items);
  if (from)
    return { ...continueRecipe(recipe, from.shape.length), shape: { ...from.shape, items } };
  return { ...recipe, shape: presetShape(preset, { items, length: recipe.length }) };
}

const needOf = ({ shape, settings }: Plan, threads: number) =>
  estimateTraining({ shape, settings, threads });

/** @throws conflict if the preset needs more memory than the learner may have */
function checkMemory(preset: Preset, data: TrainingData, options: BehaviourTrainingOptions): void {
  const { maxMemory } = options.configuration.learner;
  const bytesOf = (one: Preset) => needOf(planPreset(one, data), options.threads);
  const mebibytes = (one: Preset) => Math.ceil(bytesOf(one) / mebibyte);
  if (mebibytes(preset) <= maxMemory) return;
  const fitting = presetNames.filter((one) => mebibytes(one) <= maxMemory);
  const remedy =
    fitting.length === 0
      ? `raise learner.maxMemory; ${presetNames[0]} needs ${mebibytes(presetNames[0])} MiB`
      : `use --preset ${fitting.join(" or ")}, or raise learner.maxMemory`;
  throw new EngineError(
    "conflict",
    `preset ${preset} needs about ${mebibytes(preset)} MiB to train on ${data.behaviour.itemIds.length} items, learner.maxMemory is ${maxMemory}: ${remedy}`,
    { details: { preset, needed: mebibytes(preset), maxMemory } },
  );
}

/** How it went, with the chain that was chosen. */
const figuresOf = (
  { epochs, bestEpoch, curve, metric }: SequenceTraining,
  chain: EncoderModel["chain"],
): EncoderTraining["figures"] => ({
  epochs,
  bestEpoch,
  curve,
  ...(metric !== undefined && { metric }),
  ...(chain && { chain: { weight: chain.weight, window: chain.window, decay: chain.decay } }),
});

/**
 * Trains an encoder on all behaviour but the held-out events; those of `choosing` choose the epoch.
 * An unfinished training continues, to the encoder that it would have led to.
 * @throws conflict if it does not fit the memory
 */
export async function trainEncoder(
  data: TrainingData,
  start: TrainingStart & Partial<UnfinishedTraining>,
  options: BehaviourTrainingOptions & {
    readonly choosing: TrainingData["heldOut"];
    /** The encoder whose training continues; without one it begins anew. */
    readonly from?: Pick<Encoder, "hash" | "model"> | undefined;
  },
): Promise<EncoderTraining> {
  const { store, scenario, threads, clock, minutes, onProgress, signal, from } = options;
  const { sequences, sequence } = data;
  const { itemIds } = data.behaviour;
  const { checkpoint: resumeFrom, ...begun } = start;
  const { preset, seed } = begun;
  checkMemory(preset, data, options);
  const { shape, settings } = planPreset(preset, data, from?.model);
  const validation = validationOf(options.choosing);
  const sizes = { itemCount: shape.items, k };
  let savedAt = clock();
  const trained = await trainSequenceModel({
    sequences,
    itemCount: shape.items,
    seed,
    threads,
    shape,
    settings,
    clock,
    onProgress,
    ...(minutes !== undefined && { budget: minutes * minuteMs }),
    ...(validation.length >= leastValidation && {
      validate: ({ score }) => meanNdcg(score, validation, sizes),
    }),
    onCheckpoint: async (checkpoint) => {
      if (clock() - savedAt < checkpointMs && !signal?.aborted) return;
      await saveTraining(store, scenario.name, { ...begun, checkpoint });
      signal?.throwIfAborted();
      savedAt = clock();
    },
    ...(resumeFrom && { resumeFrom }),
    ...(from && { start: carryParameters(from.model, { shape, itemIds, seed }) }),
  });
  const { model } = trained;
  const counts = countItems(sequences, shape.items);
  const chain = await chooseChainFor(model, { sequences, counts, heldOut: validation, k, threads });
  const views = itemIds.map((itemId) => data.context.catalogue.find(itemId));
  const features = await chooseFeatures({ views, model, counts });
  return {
    model: {
      ...model,
      itemIds,
      counts,
      throughSequence: sequence,
      ...(features && { features }),
      ...(chain && { chain }),
      ...(from && { continues: from.hash }),
    },
    figures: figuresOf(trained, chain),
  };
}
