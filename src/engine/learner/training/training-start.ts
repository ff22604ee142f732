import { createHash } from "node:crypto";
import { EngineError } from "../../../domain/errors.ts";
import type { Encoder } from "../../../policy/encoder/encoder.ts";
import { presetOf } from "../../../policy/transformer/shape.ts";
import {
  loadTraining,
  type TrainingStart,
  type UnfinishedTraining,
} from "./training-checkpoint.ts";
import {
  type BehaviourTrainingOptions,
  collectTrainingData,
  readTrainingData,
  type TrainingData,
} from "./training-data.ts";

/** Of the items in the order of their rows, and of the events: a checkpoint fits no others. */
function fingerprintOf({ behaviour, sequences }: TrainingData): number {
  const hash = createHash("sha256").update(JSON.stringify(behaviour.itemIds));
  for (const codes of sequences) hash.update(Int32Array.from([codes.length, ...codes]));
  return hash.digest().readUIntBE(0, 6);
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

/** A training with the data that it reads. */
export interface StartedTraining {
  readonly start: TrainingStart & Partial<UnfinishedTraining>;
  readonly data: TrainingData;
}

/**
 * An unfinished training is of no use if it continued another encoder, if somebody has spoken about consent since, or if its
 * events are others now: some were removed, or the scenario's rules changed.
 * @param after event number after which held-out events are
 * @throws conflict if there is nothing to train on, or if an unfinished training is of another preset or seed
 */
export async function startTraining(
  options: BehaviourTrainingOptions,
  from: Encoder | undefined,
  after: number | undefined,
): Promise<StartedTraining> {
  const {
    store,
    scenario,
    seed,
    preset = (from && presetOf(from.model.shape)) ?? "small",
  } = options;
  const unfinished = options.restart ? undefined : await loadTraining(store, scenario.name);
  const same = { continues: from?.hash, consent: await store.consents.newest() };
  if (unfinished?.continues === same.continues && unfinished?.consent === same.consent) {
    checkContinued(unfinished, options);
    const data = await collectTrainingData(options, { asOf: unfinished.asOf, after });
    if (fingerprintOf(data) === unfinished.fingerprint) return { start: unfinished, data };
  }
  const asOf = await store.sequence();
  const data = await readTrainingData(options, { asOf, after });
  return { data, start: { preset, seed, asOf, fingerprint: fingerprintOf(data), ...same } };
}
