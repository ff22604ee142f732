import { EngineError } from "../../../domain/errors.ts";
import type { ItemId } from "../../../domain/ids.ts";
import type { DifferentialSettings } from "../../../domain/privacy.ts";
import {
  choosePaired,
  countPrivately,
  estimatePairsBytes,
  pairPrivately,
} from "../../../learning/privacy/noisy-counts.ts";
import type { PrivatePlan } from "../../../learning/privacy/plan.ts";
import { isTarget, itemOf, onlyRead } from "../../../learning/sequence/codes.ts";
import { spectralStart } from "../../../learning/sequence/spectral-start.ts";
import {
  estimatePrivateBytes,
  trainPrivately,
} from "../../../learning/sequence/train-privately.ts";
import type { NoiseSource } from "../../../numeric/privacy/noise.ts";
import type { EncoderShape, TransformerShape } from "../../../policy/transformer/shape.ts";
import { loadSpent, planNext, type Spending, spend } from "../../privacy/spent-budget.ts";
import { chooseFeatures } from "./choose-features.ts";
import { newestTargets } from "./hold-out.ts";
import type { EncoderTraining } from "./train-encoder.ts";
import type { BehaviourTrainingOptions, TrainingData } from "./training-data.ts";

/** The same for every data set: a size that data chose would tell of them. Noise grows with it. */
const privateShape: EncoderShape = {
  width: 32,
  blocks: 1,
  heads: 1,
  length: 20,
  feedForward: "relu",
};
/** So that imagined users have items to choose from. */
const leastItems = 12;
/** Noise on every item's row, each step: more would take hours. */
const mostItems = 50_000;
const minuteMs = 60_000;
const mebibyte = 2 ** 20;

export interface PrivateEncoderTraining extends EncoderTraining {
  readonly spending: Spending;
}

/** Items of the catalogue by id: an item that events alone know would tell of those events. */
const itemsOf = ({ context: { catalogue } }: TrainingData): readonly ItemId[] =>
  [...catalogue.ids()]
    .filter((itemId) => catalogue.find(itemId) !== undefined)
    .sort((a, b) => (a < b ? -1 : 1));

/**
 * Codes of each user by the numbers of the catalogue; events on other items are left out, and each user's newest one to be foreseen with those
 * after it. Which of them are measured depends on other users, so that leaving out those alone would let one user change another's part.
 */
function renumber(
  { behaviour, context }: TrainingData,
  itemIds: readonly ItemId[],
): readonly (readonly number[])[] {
  const numbers = new Map(itemIds.map((itemId, number) => [itemId, number]));
  const found = behaviour.itemIds.map((itemId) => numbers.get(itemId));
  const targets = newestTargets(behaviour, context);
  const places = new Map(targets.map(({ user, place }) => [user, place]));
  return behaviour.users.map((user) =>
    user.codes.slice(0, places.get(user) ?? -1).flatMap((code) => {
      const item = found[itemOf(code)];
      if (item === undefined) return [];
      return isTarget(code) ? item : onlyRead(item);
    }),
  );
}

/** @throws conflict if it can't be trained in this memory, or with these items */
function checkSize(shape: TransformerShape, maxMemory: number): void {
  const needed = Math.ceil(
    (estimatePrivateBytes(shape) + estimatePairsBytes(shape.items)) / mebibyte,
  );
  const problem =
    shape.items < leastItems || shape.items > mostItems
      ? `a private training takes ${leastItems} to ${mostItems} items, the catalogue has ${shape.items}; leave privacy.differential out`
      : needed > maxMemory &&
        `a private training on ${shape.items} items needs about ${needed} MiB, learner.maxMemory is ${maxMemory}: raise it`;
  if (problem)
    throw new EngineError("conflict", problem, { details: { items: shape.items, needed } });
}

/** All that is private about a training, each part with noise of its own. */
async function learnPrivately(
  sequences: readonly (readonly number[])[],
  plan: PrivatePlan,
  options: PrivateOptions & { readonly shape: TransformerShape },
) {
  const { shape, seed, threads, clock, minutes, onProgress, signal, source } = options;
  const { items } = shape;
  const counts = countPrivately(sequences, { items, noise: plan.countsNoise, source });
  const paired = choosePaired(counts);
  const pairs = pairPrivately(sequences, paired, { items, noise: plan.pairsNoise, source });
  const start = spectralStart(shape, { paired, pairs, counts }, seed);
  const trained = await trainPrivately({
    sequences,
    shape,
    plan,
    start,
    source,
    threads,
    clock,
    onProgress,
    signal,
    ...(minutes !== undefined && { budget: minutes * minuteMs }),
  });
  return { counts, ...trained };
}

export interface PrivateOptions extends BehaviourTrainingOptions {
  readonly differential: DifferentialSettings;
  readonly source: NoiseSource;
}

/**
 * An encoder of which nothing but noisy sums over users is made: no size, no epoch, no chain, no
 * temperature is chosen by people. It begins anew each time, and is no part of the record before its end.
 *
 * @throws conflict if the budget does not allow it, or the catalogue
 */
export async function trainEncoderPrivately(
  data: TrainingData,
  options: PrivateOptions,
): Promise<PrivateEncoderTraining> {
  const { store, configuration, differential } = options;
  const itemIds = itemsOf(data);
  const shape = { ...privateShape, items: itemIds.length };
  checkSize(shape, configuration.learner.maxMemory);
  const spent = await loadSpent(store);
  const plan = planNext(spent, differential);
  const sequences = renumber(data, itemIds);
  const { counts, model, steps } = await learnPrivately(sequences, plan, { ...options, shape });
  const views = itemIds.map((itemId) => data.context.catalogue.find(itemId));
  const features = await chooseFeatures({ views, model, counts });
  return {
    model: {
      ...model,
      // The event number would tell how much has happened; the record has it beside the encoder.
      throughSequence: 0,
      itemIds,
      counts,
      ...(features && { features }),
    },
    figures: { epochs: steps, bestEpoch: steps },
    spending: spend(spent, { steps, plan }, differential),
  };
}
