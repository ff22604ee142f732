import type { HistoryEntry } from "../../domain/behaviour.ts";
import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import { holdOut, newestTargets } from "../../engine/learner/training/hold-out.ts";
import { readBehaviour } from "../../engine/learner/training/read-behaviour.ts";
import type { HeldOut, ItemContext } from "../../engine/learner/training/slate-cases.ts";
import {
  type BehaviourTrainingOptions,
  readItems,
  readTrainingData,
  splitHeldOut,
} from "../../engine/learner/training/training-data.ts";
import type { Protocol } from "../../evaluation/ranking/split.ts";

const fewestUsers = 2;

/** A version of the record, and the events on which it may be measured. */
export interface PolicyRankingOptions
  extends Pick<BehaviourTrainingOptions, "store" | "configuration" | "scenario" | "seed"> {
  /** Default: the one that serves. */
  readonly version?: number | undefined;
  readonly protocol: Protocol;
}

/** Number of the last event that a policy of a cycle may have learned from: its encoder may have been trained on later ones than the feedback that the cycle read. */
export const learnedThrough = ({ throughSequence, record }: Cycle): number =>
  Math.max(throughSequence, record.newEncoder?.throughSequence ?? 0);

/** Whether an event came after a cycle began, unless that trained on behaviour: rewards may follow its last decision. */
const isLater = ({ occurredAt }: HistoryEntry, origin: Cycle | undefined) =>
  origin === undefined || origin.record.training !== undefined || occurredAt > origin.startedAt;

/** Events on which a policy may be measured. */
export interface UnlearnedEvents {
  /**
   * `later`: users' last events after the cut-off that could be foreseen. `held-out`: those that training left out, of the
   * users who chose nothing.
   */
  readonly events: "later" | "held-out";
  readonly context: ItemContext;
  readonly heldOut: readonly Omit<HeldOut, "codes">[];
}

async function readLater(
  { store, configuration, scenario, protocol }: PolicyRankingOptions,
  origin: Cycle | undefined,
): Promise<UnlearnedEvents> {
  const asOf = await store.sequence();
  const context = await readItems({ store, configuration, scenario }, asOf);
  const behaviour = await readBehaviour(store, scenario, { asOf, onProgress: () => undefined });
  const learned = origin ? learnedThrough(origin) : 0;
  const isOpen = (event: HistoryEntry) => isLater(event, origin);
  const heldOut: HeldOut[] = [];
  for (const target of newestTargets(behaviour, context)) {
    const isNew = protocol === "leave-one-out" || target.user.since > learned;
    if (!isNew || target.sequence <= learned) continue;
    const found = await holdOut(store, target, { ...context, isOpen });
    if (found) heldOut.push(found);
  }
  return { context, heldOut, events: "later" };
}

/** Of a policy that has just been trained: the events that training held out and did not choose by. */
async function readHeldOut(options: PolicyRankingOptions, origin: Cycle): Promise<UnlearnedEvents> {
  const { context, heldOut } = await readTrainingData(
    { ...options, onProgress: () => undefined },
    { asOf: learnedThrough(origin), after: origin.record.newEncoder?.heldOutAfter },
  );
  return { context, heldOut: splitHeldOut(heldOut).measuring, events: "held-out" };
}

/**
 * Users' last events that no cycle up to `origin`, which made the policy, has read.
 * @throws conflict if there are too few
 */
export async function readUnlearned(
  options: PolicyRankingOptions,
  origin: Cycle | undefined,
): Promise<UnlearnedEvents> {
  const later = await readLater(options, origin);
  if (later.heldOut.length >= fewestUsers) return later;
  const isTrained = origin?.record.training !== undefined;
  if (isTrained && options.protocol === "leave-one-out") return readHeldOut(options, origin);
  const { scenario, protocol } = options;
  const users = protocol === "time-split" ? "users who came" : "users with a wanted event";
  throw new EngineError(
    "conflict",
    `scenario ${scenario.name} has ${later.heldOut.length} ${users} after event number ${origin ? learnedThrough(origin) : 0}, up to which the policy learned, on an available item that the scenario's rules allowed; ${fewestUsers} are needed: import or record later events${protocol === "time-split" ? ", or use --protocol leave-one-out" : ""}`,
    { details: { scenario: scenario.name, users: later.heldOut.length } },
  );
}
