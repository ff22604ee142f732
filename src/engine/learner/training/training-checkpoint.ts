import type { TrainedEpoch } from "../../../domain/cycle-record.ts";
import { EngineError } from "../../../domain/errors.ts";
import { type Preset, presetNames } from "../../../domain/preset.ts";
import type { SequenceCheckpoint } from "../../../learning/sequence/sequence-training.ts";
import { decodeTensors, encodeTensors } from "../../../policy/snapshot.ts";
import type { Store } from "../../../storage/store.ts";

/** All that an unfinished training depends on, beside the record and the scenario's rules. */
export interface TrainingStart {
  readonly preset: Preset;
  readonly seed: number;
  /** Event number up to which it reads. */
  readonly asOf: number;
  /** Event number of the newest word about consent: others may be left out after it. */
  readonly consent: number;
  /** Of the data that it reads, −1 in a checkpoint of an earlier version. */
  readonly fingerprint: number;
  /** Hash of the encoder that it continues; absent if it begins anew. */
  readonly continues?: string | undefined;
}

export interface UnfinishedTraining extends TrainingStart {
  readonly checkpoint: SequenceCheckpoint;
}

const nameOf = (scenario: string) => `training/${scenario}`;

/** Groups of arrays by the names of the parameters. */
const groups = ["parameters", "means", "variances", "averages"] as const;

/** The curve as numbers, which keep each figure to the bit. */
const curveNumbers = (curve: readonly TrainedEpoch[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    curve.flatMap(({ epoch, loss, metric }) => [
      [`loss/${epoch}`, loss] as const,
      ...(metric === undefined ? [] : [[`metric/${epoch}`, metric] as const]),
    ]),
  );

/** Without epochs that a checkpoint of an earlier version had not kept. */
const readCurve = (numbers: Readonly<Record<string, number>>, epochs: number): TrainedEpoch[] =>
  Array.from({ length: epochs }, (_, index) => index + 1).flatMap((epoch) => {
    const { [`loss/${epoch}`]: loss, [`metric/${epoch}`]: metric } = numbers;
    return loss === undefined ? [] : [{ epoch, loss, ...(metric !== undefined && { metric }) }];
  });

function encode({
  preset,
  seed,
  asOf,
  consent,
  fingerprint,
  continues,
  checkpoint,
}: UnfinishedTraining): Uint8Array {
  const { epoch, elapsed, trainer, best, curve } = checkpoint;
  const arrays = [
    ...groups.map((group) => [group, trainer[group]] as const),
    ["best", best?.parameters ?? {}] as const,
  ];
  return encodeTensors({
    meta: {
      kind: "training",
      itemIds: [],
      numbers: {
        preset: presetNames.indexOf(preset),
        seed,
        asOf,
        consent,
        fingerprint,
        epoch,
        elapsed,
        steps: trainer.steps,
        ...curveNumbers(curve),
        ...(best && { bestEpoch: best.epoch, bestMetric: best.metric }),
      },
      ...(continues !== undefined && { encoder: continues }),
    },
    tensors: Object.fromEntries(
      arrays.flatMap(([group, named]) =>
        Object.entries(named).map(
          ([name, values]) => [`${group}:${name}`, { shape: [values.length], values }] as const,
        ),
      ),
    ),
  });
}

function decode(bytes: Uint8Array): UnfinishedTraining {
  const { meta, tensors } = decodeTensors(bytes);
  const {
    consent = 0,
    fingerprint = -1,
    preset = 0,
    seed = 0,
    asOf = 0,
    epoch = 0,
    elapsed = 0,
    steps = 0,
  } = meta.numbers;
  const { bestEpoch, bestMetric } = meta.numbers;
  const arraysOf = (group: string) =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([name, { values }]) =>
        name.startsWith(`${group}:`) ? [[name.slice(group.length + 1), values] as const] : [],
      ),
    );
  return {
    preset: presetNames[preset] ?? "small",
    seed,
    asOf,
    consent,
    fingerprint,
    ...(meta.encoder !== undefined && { continues: meta.encoder }),
    checkpoint: {
      epoch,
      elapsed,
      curve: readCurve(meta.numbers, epoch),
      trainer: {
        parameters: arraysOf("parameters"),
        means: arraysOf("means"),
        variances: arraysOf("variances"),
        averages: arraysOf("averages"),
        steps,
      },
      best:
        bestEpoch === undefined || bestMetric === undefined
          ? undefined
          : { epoch: bestEpoch, metric: bestMetric, parameters: arraysOf("best") },
    },
  };
}

/** A checkpoint of an earlier format is as if there were none. */
function decodeKnown(bytes: Uint8Array): UnfinishedTraining | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

export async function loadTraining(
  store: Store,
  scenario: string,
): Promise<UnfinishedTraining | undefined> {
  const bytes = await store.checkpoints.load(nameOf(scenario));
  return bytes && decodeKnown(bytes);
}

/** Durable when it resolves. */
export const saveTraining = async (
  store: Store,
  scenario: string,
  training: UnfinishedTraining,
): Promise<void> => {
  const checkpoints = [{ name: nameOf(scenario), bytes: encode(training) }];
  await store.policies.apply({ checkpoints });
};

/** The change that removes it, for the transaction in which its policy is published. */
export const endTraining = (scenario: string): { readonly name: string } => ({
  name: nameOf(scenario),
});
