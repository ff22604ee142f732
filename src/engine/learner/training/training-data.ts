import { EngineError } from "../../../domain/errors.ts";
import type { ItemId } from "../../../domain/ids.ts";
import type { Preset } from "../../../domain/preset.ts";
import { isWanted } from "../../../domain/reward-rule.ts";
import type { Scenario } from "../../../domain/scenario.ts";
import { isTarget } from "../../../learning/sequence/codes.ts";
import type { SequenceProgress } from "../../../learning/sequence/sequence-training.ts";
import type { Store } from "../../../storage/store.ts";
import type { Configuration } from "../../configuration/configuration.ts";
import { joinRules, mayBeOffered } from "../../rules/offer-rules.ts";
import { readLeftOut } from "../../rules/read-left-out.ts";
import { createCatalogue } from "../../state/catalogue.ts";
import { createState, readUser } from "../../state/read-state.ts";
import { type Behaviour, readBehaviour, type UserBehaviour } from "./read-behaviour.ts";
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
  /** Codes of each user to train on: without the held-out events. */
  readonly sequences: readonly (readonly number[])[];
  /** Newest first. */
  readonly heldOut: readonly HeldOut[];
  /** Event number up to which all was read. */
  readonly sequence: number;
}

/** A user's last event, to be predicted from those before, if its item could still be shown to them. */
export async function holdOut(
  store: Store,
  { userId, codes, last }: UserBehaviour,
  { catalogue, scenario, available }: ItemContext & { readonly available: ReadonlySet<ItemId> },
): Promise<Omit<HeldOut, "codes"> | undefined> {
  const next = catalogue.find(last.itemId);
  const isNext = available.has(last.itemId) && isWanted(last, scenario.reward);
  if (next === undefined || !isNext || !isTarget(codes.at(-1) ?? -1)) return undefined;
  const before = last.sequence - 1;
  const user = await readUser(store, userId, before);
  if (user.history.length === 0) return undefined;
  const visit = { userId, scenario: scenario.name, asOf: before, now: last.occurredAt };
  const leftOut = await readLeftOut(store, scenario, visit);
  const rules = joinRules(scenario, undefined, last.occurredAt);
  const isOffered = mayBeOffered(catalogue.factsOf(last.itemId), rules);
  if (leftOut.has(last.itemId) || !isOffered) return undefined;
  return { state: createState({ user, catalogue, scenario, context: {} }), next, rules, leftOut };
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

/** Last events of the users whose last ones are the newest, newest first. */
export async function holdOutNewest(
  store: Store,
  users: readonly UserBehaviour[],
  options: ItemContext & { readonly most: number },
): Promise<ReadonlyMap<UserBehaviour, HeldOut>> {
  const { catalogue, most } = options;
  const available = new Set<ItemId>(catalogue.available().map(({ itemId }) => itemId));
  const heldOut = new Map<UserBehaviour, HeldOut>();
  for (const user of users.toSorted((a, b) => b.last.sequence - a.last.sequence)) {
    if (heldOut.size === most) break;
    const found = await holdOut(store, user, { ...options, available });
    if (found) heldOut.set(user, { ...found, codes: user.codes });
  }
  return heldOut;
}

/**
 * @param span.after event number after which held-out events are: up to it another encoder may have
 * been trained on them; default 0
 * @throws conflict if there is nothing to train on
 */
export async function readTrainingData(
  options: ReadOptions & Pick<BehaviourTrainingOptions, "onProgress">,
  { asOf, after = 0 }: { readonly asOf: number; readonly after?: number | undefined },
): Promise<TrainingData> {
  const { store, scenario, onProgress } = options;
  const context = await readItems(options, asOf);
  const behaviour = await readBehaviour(store, scenario, {
    asOf,
    onProgress: (events) => onProgress({ stage: "read", events }),
  });
  const recent = behaviour.users.filter(({ last }) => last.sequence > after);
  const heldOut = await holdOutNewest(store, recent, { ...context, most: measuredUsers });
  const data = {
    context,
    behaviour,
    sequences: behaviour.users.map((user) =>
      heldOut.has(user) ? user.codes.slice(0, -1) : user.codes,
    ),
    heldOut: [...heldOut.values()],
    sequence: asOf,
  };
  checkData(data, scenario);
  return data;
}

function checkData({ sequences, heldOut }: TrainingData, { name, reward }: Scenario): void {
  const targets = countTargets(sequences);
  if (targets > 0 && heldOut.length >= leastUsers) return;
  const types = Object.keys(reward.weights).join(", ");
  throw new EngineError(
    "conflict",
    `scenario ${name} has nothing to train on: expected at least ${leastUsers} users with at least 3 events of the types ${types} on items of the catalogue, got ${heldOut.length} users and ${targets} events to foresee; import behaviour first (recurve import --help)`,
    { details: { scenario: name, targets, measuredUsers: heldOut.length } },
  );
}

/** Events with one before them that are to be foreseen. */
export const countTargets = (sequences: readonly (readonly number[])[]): number =>
  sequences.reduce((sum, codes) => sum + codes.slice(1).filter(isTarget).length, 0);
