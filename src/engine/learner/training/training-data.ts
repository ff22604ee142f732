import { EngineError } from "../../../domain/errors.ts";
import type { Preset } from "../../../domain/preset.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { isTarget } from "../../../learning/sequence/codes.ts";
import type { SequenceProgress } from "../../../learning/sequence/sequence-training.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { createCatalogue } from "../../state/catalogue.ts";
import { holdOutNewest } from "./hold-out.ts";
import { type Behaviour, readBehaviour } from "./read-behaviour.ts";
import type { HeldOut, ItemContext } from "./slate-cases.ts";

/** Half of them choose epoch and temperature, half measure the served slates. */
const measuredUsers = 2000;
const leastUsers = 4;

/** Stages of a training in their order: events are read, epochs train, users measure. */
export type TrainProgress =
  | { readonly stage: "read"; readonly events: number }
  | SequenceProgress
  | { readonly stage: "measure"; readonly users: number };

/**
 * Record, scenario and randomness of a training on behaviour. `seed` is an unsigned 32-bit integer,
 * `threads` in 1…256, `clock` in milliseconds.
 */
export interface BehaviourTrainingOptions {
  readonly store: Store;
  readonly configuration: Pick<Configuration, "text" | "learner" | "privacy">;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly threads: number;
  readonly clock: () => number;
  readonly onProgress: (progress: TrainProgress) => void;
  /** Size of the encoder. Default: that of an unfinished training, else `small`. */
  readonly preset?: Preset | undefined;
  /** Minutes of training, all its parts together. Default: to the end of its schedule. */
  readonly minutes?: number | undefined;
  /** Drop an unfinished training instead of continuing it. Default: false. */
  readonly restart?: boolean | undefined;
  /** Ends the training after an epoch, from which the next one continues. */
  readonly signal?: AbortSignal | undefined;
}

export interface TrainingData {
  readonly context: ItemContext;
  readonly behaviour: Behaviour;
  /** Codes of each user to train on: those before the held-out event. */
  readonly sequences: readonly (readonly number[])[];
  /** Newest first. */
  readonly heldOut: readonly HeldOut[];
  /** Event number up to which all was read. */
  readonly sequence: number;
}

/** Of the held-out events those that choose nothing, and those that choose epoch, chain and temperature. */
export const splitHeldOut = (
  heldOut: readonly HeldOut[],
): { readonly measuring: readonly HeldOut[]; readonly choosing: readonly HeldOut[] } => ({
  measuring: heldOut.filter((_, index) => index % 2 === 0),
  choosing: heldOut.filter((_, index) => index % 2 === 1),
});

type ReadOptions = Pick<BehaviourTrainingOptions, "store" | "configuration" | "scenario">;

/** Items of the scenario as of an event number. */
export async function readItems(
  { store, configuration, scenario }: ReadOptions,
  asOf: number,
): Promise<ItemContext> {
  const catalogue = createCatalogue(store.items, configuration);
  await catalogue.refresh(asOf);
  return { scenario, catalogue };
}

type CollectOptions = ReadOptions & Pick<BehaviourTrainingOptions, "onProgress">;

interface Span {
  readonly asOf: number;
  /** Event number after which held-out events are: up to it another encoder may have been trained on them; default 0. */
  readonly after?: number | undefined;
}

/** As `readTrainingData` reads it, also if there is nothing to train on. */
export async function collectTrainingData(
  options: CollectOptions,
  { asOf, after = 0 }: Span,
): Promise<TrainingData> {
  const { store, scenario, onProgress } = options;
  const context = await readItems(options, asOf);
  const behaviour = await readBehaviour(store, scenario, {
    asOf,
    onProgress: (events) => onProgress({ stage: "read", events }),
  });
  const heldOut = await holdOutNewest(store, behaviour, { ...context, most: measuredUsers, after });
  return {
    context,
    behaviour,
    sequences: behaviour.users.map((user) => heldOut.get(user)?.codes.slice(0, -1) ?? user.codes),
    heldOut: [...heldOut.values()],
    sequence: asOf,
  };
}

/** @throws conflict if there is nothing to train on */
export async function readTrainingData(options: CollectOptions, span: Span): Promise<TrainingData> {
  const data = await collectTrainingData(options, span);
  checkData(data, options.scenario);
  return data;
}

/** If events came alone, their items are missing. */
function findRemedy({ behaviour: { itemIds }, context: { catalogue } }: TrainingData): string {
  const wanted = new Set(itemIds);
  const isMissing =
    wanted.size > 0 && catalogue.available().every(({ itemId }) => !wanted.has(itemId));
  return isMissing
    ? `none of the ${itemIds.length} items of the events is available in the catalogue: import the items (recurve import items --help)`
    : "import behaviour first (recurve import --help)";
}

function checkData(data: TrainingData, { name, reward }: Scenario): void {
  const { sequences, heldOut } = data;
  const targets = countTargets(sequences);
  if (targets > 0 && heldOut.length >= leastUsers) return;
  const types = Object.keys(reward.weights).join(", ");
  throw new EngineError(
    "conflict",
    `scenario ${name} has nothing to train on: got ${heldOut.length} users with an event to hold out, at least ${leastUsers} are needed, and ${targets} other events to foresee. Such events are of the types ${types}, come after others of the same user, and have an available item that the scenario's rules, excludeSeen among them, then allowed; ${findRemedy(data)}`,
    { details: { scenario: name, targets, measuredUsers: heldOut.length } },
  );
}

/** Events with one before them that are to be foreseen. */
export const countTargets = (sequences: readonly (readonly number[])[]): number =>
  sequences.reduce((sum, codes) => sum + codes.slice(1).filter(isTarget).length, 0);
