import type { TrainingRecord } from "../../../domain/cycle-record.ts";
import { EngineError } from "../../../domain/errors.ts";
import type { FirstSlates } from "../../../domain/first-slates.ts";
import { createRandom } from "../../../numeric/random.ts";
import { type Encoder, openEncoder } from "../../../policy/encoder/encoder.ts";
import {
  type EncoderModel,
  encodeEncoder,
  type StoredEncoder,
} from "../../../policy/encoder/encoder-model.ts";
import { type Network, withEncoder } from "../../../policy/network.ts";
import { initialNetwork } from "../../../policy/network-policy.ts";
import { encodePopularity } from "../../../policy/popularity.ts";
import { parameterCount } from "../../../policy/transformer/parameters.ts";
import { presetOf } from "../../../policy/transformer/shape.ts";
import { withConsent } from "../../privacy/with-consent.ts";
import { type Foresight, measureForesight } from "./foresight.ts";
import { sharpen } from "./sharpen.ts";
import type { HeldOut, ItemContext } from "./slate-cases.ts";
import { trainEncoder } from "./train-encoder.ts";
import {
  loadTraining,
  type TrainingStart,
  type UnfinishedTraining,
} from "./training-checkpoint.ts";
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

/** A policy on an encoder that was trained on behaviour. */
export interface TrainedPolicy {
  readonly encoder: StoredEncoder;
  readonly network: Network;
  /** Snapshot. */
  readonly baseline: Uint8Array;
  readonly slates: FirstSlates;
  /** Event number up to which all was read. */
  readonly throughSequence: number;
  readonly figures: TrainingRecord["training"];
  /** Of the encoder, on events of which nothing was chosen. */
  readonly foresight: Foresight;
  /** Those events, which a serving encoder has not seen either. */
  readonly measuring: readonly HeldOut[];
  readonly context: ItemContext;
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

/** An unfinished training is of no use if it continued another encoder, or if somebody has spoken about consent since. */
async function findStart(
  options: BehaviourTrainingOptions,
  from: Encoder | undefined,
): Promise<TrainingStart & Partial<UnfinishedTraining>> {
  const { store, scenario, seed, preset = from ? presetOf(from.model.shape) : "small" } = options;
  const unfinished = options.restart ? undefined : await loadTraining(store, scenario.name);
  const same = { continues: from?.hash, consent: await store.consents.newest() };
  if (unfinished?.continues !== same.continues || unfinished?.consent !== same.consent)
    return { preset, seed, asOf: await store.sequence(), ...same };
  checkContinued(unfinished, options);
  return unfinished;
}

/** The encoder with its next-item loss. */
async function measureEncoder(
  model: EncoderModel,
  measuring: readonly HeldOut[],
  context: ItemContext,
) {
  const foresight = await measureForesight(openEncoder(encodeEncoder(model)), measuring, context);
  return { foresight, encoder: encodeEncoder({ ...model, loss: foresight.loss }) };
}

/**
 * An encoder, a policy that serves its log-odds, and a baseline, from behaviour events alone. The
 * last event of some users is held out and predicted by both.
 * @param serving the policy whose encoder learns on, and whose head the policy keeps; without one, or without its encoder, all begins anew
 * @throws conflict if there is nothing to train on, if the preset does not fit the memory, or if an
 * unfinished training is of another kind
 */
export async function trainPolicy(
  given: BehaviourTrainingOptions,
  serving?: Network,
): Promise<TrainedPolicy> {
  const options = withConsent(given);
  const from = serving?.encoder;
  const start = await findStart(options, from);
  const span = { asOf: start.asOf, after: from?.model.throughSequence };
  const data = await readTrainingData(options, span);
  const { heldOut, context, behaviour } = data;
  const { measuring, choosing } = splitHeldOut(heldOut);
  const { model, figures } = await trainEncoder(data, start, { ...options, choosing, from });
  options.onProgress({ stage: "measure", users: heldOut.length });
  const { encoder, foresight } = await measureEncoder(model, measuring, context);
  const random = createRandom(options.seed).split(`first-policy/${options.scenario.name}`);
  const baseline = encodeCounts(model);
  const head = serving ?? initialNetwork(random.split("network"));
  const sharpened = await sharpen(withEncoder(head, openEncoder(encoder)), {
    ...{ baseline, measuring, choosing, context },
    random: random.split("slates"),
  });
  return {
    ...{ encoder, baseline, foresight, measuring, context },
    network: sharpened.network,
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
