import type { TrainingRecord } from "../../../domain/cycle-record.ts";
import type { FirstSlates } from "../../../domain/first-slates.ts";
import type { NoiseSource } from "../../../numeric/privacy/noise.ts";
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
import { loadLastEncoder } from "../../encoder/last-encoder.ts";
import { createSecureNoise } from "../../privacy/secure-noise.ts";
import type { Spending } from "../../privacy/spent-budget.ts";
import { withConsent } from "../../privacy/with-consent.ts";
import { type Foresight, measureForesight } from "./foresight.ts";
import { imagineUsers, offeredItems } from "./imagine-users.ts";
import { sharpen } from "./sharpen.ts";
import type { HeldOut, ItemContext } from "./slate-cases.ts";
import { type EncoderTraining, trainEncoder } from "./train-encoder.ts";
import { trainEncoderPrivately } from "./train-encoder-privately.ts";
import {
  type BehaviourTrainingOptions,
  countTargets,
  readTrainingData,
  splitHeldOut,
  type TrainingData,
} from "./training-data.ts";
import { startTraining } from "./training-start.ts";

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
  /** Event number after which events are held out; absent: all are. */
  readonly heldOutAfter: number | undefined;
  readonly figures: TrainingRecord["training"];
  /** Of the encoder, on events of which nothing was chosen. */
  readonly foresight: Foresight;
  /** Those events, which a serving encoder has not seen either. */
  readonly measuring: readonly HeldOut[];
  readonly context: ItemContext;
  /** Of a private training. */
  readonly spending?: Spending;
}

/** The encoder with its next-item loss, unless that would tell of people. */
async function measureEncoder(
  { model, spending }: Trained,
  measuring: readonly HeldOut[],
  context: ItemContext,
) {
  const encoder = encodeEncoder(model);
  const foresight = await measureForesight(openEncoder(encoder), measuring, context);
  if (spending) return { foresight, encoder };
  return { foresight, encoder: encodeEncoder({ ...model, loss: foresight.loss }) };
}

interface Trained extends EncoderTraining {
  readonly spending?: Spending;
  readonly preset: string;
}

/** @param from the encoder whose training continues; a private training begins anew */
async function train(
  options: TrainPolicyOptions,
  from: Encoder | undefined,
  after: number | undefined,
): Promise<{ readonly data: TrainingData; readonly trained: Trained }> {
  const { configuration, store, noise: source = createSecureNoise() } = options;
  const { differential } = configuration.privacy;
  if (differential) {
    const data = await readTrainingData(options, { asOf: await store.sequence(), after });
    offeredItems(data.context, options.clock());
    const trained = await trainEncoderPrivately(data, { ...options, differential, source });
    return { data, trained: { ...trained, preset: "private" } };
  }
  const { start, data } = await startTraining(options, from, after);
  const { choosing } = splitHeldOut(data.heldOut);
  const trained = await trainEncoder(data, start, { ...options, choosing, from });
  return { data, trained: { ...trained, preset: start.preset } };
}

/** Event number of the last training: the bytes of a private encoder hold none. */
const findTrained = async ({ store, scenario }: TrainPolicyOptions): Promise<number | undefined> =>
  (await loadLastEncoder(store, scenario.name))?.throughSequence;

export interface TrainPolicyOptions extends BehaviourTrainingOptions {
  /** Of a private training, in tests and benches. Default: the operating system's. */
  readonly noise?: NoiseSource | undefined;
}

/**
 * An encoder, a policy that serves its log-odds, and a baseline, from behaviour events alone. The
 * last event of some users is held out and predicted by both.
 * @param serving the policy whose encoder learns on, and whose head the policy keeps; without one, or without its encoder, or
 * if the training is private, all begins anew
 * @throws conflict if there is nothing to train on, if the preset does not fit the memory, if an
 * unfinished training is of another kind, or if the privacy budget is spent
 */
export async function trainPolicy(
  given: TrainPolicyOptions,
  serving?: Network,
): Promise<TrainedPolicy> {
  const options = withConsent(given);
  const isPrivate = options.configuration.privacy.differential !== undefined;
  const before = serving?.encoder?.model;
  // An encoder of a private training has no preset, and is no start for another one.
  const beginsAnew = isPrivate || (before && presetOf(before.shape) === undefined);
  const kept = beginsAnew ? undefined : serving;
  const heldOutAfter = isPrivate && before ? await findTrained(options) : before?.throughSequence;
  const { data, trained } = await train(options, kept?.encoder, heldOutAfter);
  const { heldOut, context, behaviour } = data;
  const { measuring, choosing } = splitHeldOut(heldOut);
  options.onProgress({ stage: "measure", users: heldOut.length });
  const { encoder, foresight } = await measureEncoder(trained, measuring, context);
  const random = createRandom(options.seed).split(`first-policy/${options.scenario.name}`);
  const baseline = encodeCounts(trained.model);
  const head = kept ?? initialNetwork(random.split("network"));
  const opened = openEncoder(encoder);
  const imagine = { context, now: options.clock(), random: random.split("imagine") };
  const sharpened = await sharpen(withEncoder(head, opened), {
    baseline,
    measuring,
    context,
    choosing: isPrivate ? await imagineUsers(opened, imagine) : choosing,
    random: random.split("slates"),
  });
  const { model, figures, preset, spending } = trained;
  return {
    encoder,
    baseline,
    foresight,
    measuring,
    context,
    network: sharpened.network,
    slates: sharpened.slates,
    throughSequence: data.sequence,
    heldOutAfter,
    ...(spending && { spending }),
    figures: {
      ...figures,
      preset,
      parameters: parameterCount(model.shape),
      length: model.shape.length,
      targets: countTargets(data.sequences),
      users: behaviour.users.length,
      items: model.shape.items,
    },
  };
}
