import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import type { MeanOverUsers, SlateQuality } from "../../domain/first-slates.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { PolicySnapshot } from "../../domain/policy-snapshot.ts";
import { measureSlates } from "../../engine/learner/training/choose-temperature.ts";
import { readBehaviour, type UserBehaviour } from "../../engine/learner/training/read-behaviour.ts";
import {
  type HeldOut,
  type ItemContext,
  readCases,
} from "../../engine/learner/training/slate-cases.ts";
import {
  type BehaviourTrainingOptions,
  holdOut,
  readTrainingData,
  splitHeldOut,
} from "../../engine/learner/training/training-data.ts";
import { createServingPolicies } from "../../engine/serving/serving-policies.ts";
import { createCatalogue } from "../../engine/state/catalogue.ts";
import { meanOverUsers } from "../../evaluation/ranking/mean-over-users.ts";
import type { Protocol } from "../../evaluation/ranking/split.ts";
import { createRandom } from "../../numeric/random.ts";

/** A version of the record, and the events on which it may be measured. */
export interface PolicyRankingOptions
  extends Pick<BehaviourTrainingOptions, "store" | "configuration" | "scenario" | "seed"> {
  /** Default: the one that serves. */
  readonly version?: number | undefined;
  readonly protocol: Protocol;
}

export interface PolicyRanking {
  readonly version: number;
  readonly scenario: string;
  readonly kind: PolicySnapshot["kind"];
  readonly protocol: Protocol;
  /**
   * `later`: users' last events after the cut-off. `held-out`: those that training left out, of the
   * users who chose nothing.
   */
  readonly events: "later" | "held-out";
  /** Number of the last event that the policy may have learned from. */
  readonly cutOff: number;
  readonly users: number;
  readonly items: number;
  /** Items of a slate, at which rankings are cut off. */
  readonly k: number;
  /** ε of the slates. */
  readonly exploration: number;
  /** Whether a fast loop, which is not measured, adds to the policy's logits. */
  readonly fastLoop: boolean;
  readonly quality: SlateQuality;
  readonly ndcg: MeanOverUsers;
}

const fewestUsers = 2;
const mostCycles = 100_000;

async function findVersion({ store, scenario, version }: PolicyRankingOptions) {
  const { serving, exploration = 0 } = await store.policies.assignment(scenario.name);
  const chosen = version ?? serving;
  const snapshot = chosen === undefined ? undefined : await store.policies.find(chosen);
  if (snapshot?.scenario === scenario.name)
    return { snapshot, exploration: Math.max(scenario.exploration, exploration) };
  throw new EngineError(
    "not_found",
    chosen === undefined
      ? `scenario ${scenario.name} has no policy yet; make one with recurve train, or serve until the first cycle`
      : `there is no policy ${chosen} of scenario ${scenario.name}; leave the version out to measure the serving one`,
    { details: { scenario: scenario.name, ...(chosen !== undefined && { version: chosen }) } },
  );
}

/** The newest cycle that a policy may have learned in. */
async function findOrigin(
  { store, scenario }: PolicyRankingOptions,
  { createdAt }: PolicySnapshot,
): Promise<Cycle | undefined> {
  const cycles = await store.cycles.list({ scenario: scenario.name, limit: mostCycles });
  return cycles.find(({ startedAt }) => startedAt <= createdAt);
}

/** Whether an event came after all that a cycle read: rewards may follow its last decision. */
const isLater = ({ last }: UserBehaviour, origin: Cycle | undefined) =>
  origin === undefined ||
  (last.sequence > origin.throughSequence &&
    (origin.record.training !== undefined || last.occurredAt > origin.startedAt));

interface Measured extends Pick<PolicyRanking, "events"> {
  readonly context: ItemContext;
  readonly heldOut: readonly Omit<HeldOut, "codes">[];
}

async function readLater(
  { store, configuration, scenario, protocol }: PolicyRankingOptions,
  origin: Cycle | undefined,
): Promise<Measured> {
  const asOf = await store.sequence();
  const catalogue = createCatalogue(store.items, configuration);
  await catalogue.refresh(asOf);
  const context = { scenario, catalogue };
  const available = new Set<ItemId>(catalogue.available().map(({ itemId }) => itemId));
  const { users } = await readBehaviour(store, scenario, { asOf, onProgress: () => undefined });
  const heldOut: Omit<HeldOut, "codes">[] = [];
  for (const user of users) {
    const isNew = protocol === "leave-one-out" || user.since > (origin?.throughSequence ?? 0);
    if (!(isNew && isLater(user, origin))) continue;
    const found = await holdOut(store, user, { ...context, available });
    if (found) heldOut.push(found);
  }
  return { context, heldOut, events: "later" };
}

/** Of a policy that has just been trained: the events that training held out and did not choose by. */
async function readHeldOut(
  options: PolicyRankingOptions,
  { throughSequence }: Cycle,
): Promise<Measured> {
  const { context, heldOut } = await readTrainingData(
    { ...options, onProgress: () => undefined },
    throughSequence,
  );
  return { context, heldOut: splitHeldOut(heldOut).measuring, events: "held-out" };
}

async function readMeasured(
  options: PolicyRankingOptions,
  origin: Cycle | undefined,
): Promise<Measured> {
  const later = await readLater(options, origin);
  if (later.heldOut.length >= fewestUsers) return later;
  const isTrained = origin?.record.training !== undefined;
  if (isTrained && options.protocol === "leave-one-out") return readHeldOut(options, origin);
  const { scenario, protocol } = options;
  const users = protocol === "time-split" ? "users who came" : "users with a wanted event";
  throw new EngineError(
    "conflict",
    `scenario ${scenario.name} has ${later.heldOut.length} ${users} after event number ${origin?.throughSequence ?? 0}, up to which the policy learned; ${fewestUsers} are needed: import or record later events${protocol === "time-split" ? ", or use --protocol leave-one-out" : ""}`,
    { details: { scenario: scenario.name, users: later.heldOut.length } },
  );
}

/**
 * Measures a policy of the record on events that it did not learn from, as `recommend` would have
 * answered just before each: the whole catalogue sorted, and the slates that it serves.
 * @throws not_found (no such version), conflict (no events to measure on), corrupt_snapshot
 */
export async function evaluatePolicy(options: PolicyRankingOptions): Promise<PolicyRanking> {
  const { store, scenario, seed, protocol } = options;
  const { snapshot, exploration } = await findVersion(options);
  const origin = await findOrigin(options, snapshot);
  const { context, heldOut, events } = await readMeasured(options, origin);
  const random = createRandom(seed).split(`evaluate-policy/${scenario.name}`);
  const policies = createServingPolicies(store.policies);
  const policy = await policies.get(snapshot.version);
  const cases = await readCases(policy, heldOut, { context, random }).finally(policies.close);
  return {
    ...{ version: snapshot.version, kind: snapshot.kind, scenario: scenario.name },
    ...{ protocol, events, cutOff: origin?.throughSequence ?? 0 },
    ...{ users: cases.length, items: context.catalogue.available().length },
    ...{ k: scenario.slateSize, exploration, fastLoop: scenario.fastLoop.enabled },
    quality: measureSlates(cases, { scenario: { ...scenario, exploration }, random }),
    ndcg: meanOverUsers(cases.map(({ ndcg }) => ndcg)),
  };
}
