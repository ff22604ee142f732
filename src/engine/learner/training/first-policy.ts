import type { TrainingRecord } from "../../../domain/cycle-record.ts";
import { EngineError } from "../../../domain/errors.ts";
import type { FirstSlates } from "../../../domain/first-slates.ts";
import { createRandom } from "../../../numeric/random.ts";
import { openEncoder } from "../../../policy/encoder/encoder.ts";
import {
  type EncoderModel,
  encodeEncoder,
  type StoredEncoder,
} from "../../../policy/encoder/encoder-model.ts";
import { withEncoder } from "../../../policy/network.ts";
import { encodeNetwork, initialNetwork } from "../../../policy/network-policy.ts";
import { encodePopularity } from "../../../policy/popularity.ts";
import { parameterCount } from "../../../policy/transformer/parameters.ts";
import { sharpen } from "./sharpen.ts";
import { trainEncoder } from "./train-encoder.ts";
import { loadTraining, type UnfinishedTraining } from "./training-checkpoint.ts";
import {
  type BehaviourTrainingOptions,
  countTargets,
  readTrainingData,
  splitHeldOut,
} from "./training-data.ts";

/** Events of each item, the held-out ones left out: the prediction without a user. */
function encodeCounts({ itemIds, counts }: EncoderModel): Uint8Array {
  const scores = new Map(itemIds.map((itemId, item) => [itemId, counts[item] ?? 0]));
  return encodePopularity({ scores, mean: 0 });
}

export interface FirstPolicy {
  readonly encoder: StoredEncoder;
  /** Snapshots. */
  readonly network: Uint8Array;
  readonly baseline: Uint8Array;
  readonly slates: FirstSlates;
  /** Event number up to which all was read. */
  readonly throughSequence: number;
  readonly figures: TrainingRecord["training"];
}

/** @throws conflict if an unfinished training is of another preset or seed */
function checkContinued(
  { preset, seed, checkpoint }: UnfinishedTraining,
  options: BehaviourTrainingOptions,
): void {
  const { scenario } = options;
  const isSame = (options.preset ?? preset) === preset && options.seed === seed;
  if (isSame) return;
  throw new EngineError(
    "conflict",
    `scenario ${scenario.name} has an unfinished training of preset ${preset} and seed ${seed}, after ${checkpoint.epoch} epochs; continue it with --preset ${preset}, or drop it with --restart`,
    { details: { scenario: scenario.name, preset, seed, epoch: checkpoint.epoch } },
  );
}

async function findStart(options: BehaviourTrainingOptions) {
  const { store, scenario, seed, preset = "small" } = options;
  const unfinished = options.restart ? undefined : await loadTraining(store, scenario.name);
  if (unfinished === undefined) return { preset, seed, asOf: await store.sequence() };
  checkContinued(unfinished, options);
  return unfinished;
}

/**
 * An encoder, a policy that serves its log-odds, and a baseline, from behaviour events alone. The
 * last event of some users is held out and predicted by both.
 * @throws conflict if there is nothing to train on, if the preset does not fit the memory, or if an
 * unfinished training is of another kind
 */
export async function trainFirstPolicy(options: BehaviourTrainingOptions): Promise<FirstPolicy> {
  const start = await findStart(options);
  const data = await readTrainingData(options, start.asOf);
  const { heldOut, context, behaviour } = data;
  const { measuring, choosing } = splitHeldOut(heldOut);
  const { model, figures } = await trainEncoder(data, start, { ...options, choosing });
  const encoder = encodeEncoder(model);
  options.onProgress({ stage: "measure", users: heldOut.length });
  const random = createRandom(options.seed).split(`first-policy/${options.scenario.name}`);
  const baseline = encodeCounts(model);
  const opened = openEncoder(encoder);
  const network = withEncoder(initialNetwork(random.split("network")), opened);
  const sharpened = await sharpen(network, {
    ...{ baseline, measuring, choosing, context },
    random: random.split("slates"),
  });
  return {
    encoder,
    network: encodeNetwork(sharpened.network),
    baseline,
    slates: sharpened.slates,
    throughSequence: data.sequence,
    figures: {
      ...figures,
      ...{ preset: start.preset, parameters: parameterCount(model.shape) },
      ...{ length: model.shape.length, targets: countTargets(data.sequences) },
      ...{ users: behaviour.users.length, items: behaviour.itemIds.length },
    },
  };
}
