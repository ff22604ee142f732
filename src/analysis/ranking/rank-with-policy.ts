import type { Cycle } from "../../domain/cycle.ts";
import { EngineError } from "../../domain/errors.ts";
import { servesWithLoop } from "../../domain/fast-loop.ts";
import type { MeanOverUsers, SlateQuality } from "../../domain/first-slates.ts";
import type { PolicySnapshot } from "../../domain/policy-snapshot.ts";
import { measureSlates } from "../../engine/learner/training/choose-temperature.ts";
import { readCases } from "../../engine/learner/training/slate-cases.ts";
import { createServingPolicies } from "../../engine/serving/serving-policies.ts";
import { meanOverUsers } from "../../evaluation/ranking/mean-over-users.ts";
import type { Protocol } from "../../evaluation/ranking/split.ts";
import { createRandom } from "../../numeric/random.ts";
import {
  learnedThrough,
  type PolicyRankingOptions,
  readUnlearned,
  type UnlearnedEvents,
} from "./unlearned-events.ts";

export interface PolicyRanking {
  readonly version: number;
  readonly scenario: string;
  readonly kind: PolicySnapshot["kind"];
  readonly protocol: Protocol;
  readonly events: UnlearnedEvents["events"];
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
  const [newest] = await store.cycles.list({ scenario: scenario.name, limit: 1 });
  // One at a time: a year of records would take gigabytes.
  for (let number = newest?.cycle ?? 0; number > 0; number--) {
    const cycle = await store.cycles.find(number);
    if (cycle?.scenario === scenario.name && cycle.startedAt <= createdAt) return cycle;
  }
  return undefined;
}

/**
 * Measures a policy of the record on events that it did not learn from, as `recommend` would have
 * answered just before each: the whole catalogue sorted, and the slates that it serves.
 * @throws not_found (no such version), conflict (no events to measure on), corrupt_snapshot
 */
export async function rankWithPolicy(options: PolicyRankingOptions): Promise<PolicyRanking> {
  const { store, scenario, seed, protocol } = options;
  const { snapshot, exploration } = await findVersion(options);
  const origin = await findOrigin(options, snapshot);
  const { context, heldOut, events } = await readUnlearned(options, origin);
  const random = createRandom(seed).split(`evaluate-policy/${scenario.name}`);
  const policies = createServingPolicies(store.policies);
  const policy = await policies.get(snapshot.version);
  const { towers } = policy;
  const cases = await readCases(policy, heldOut, { context, random }).finally(policies.close);
  return {
    version: snapshot.version,
    kind: snapshot.kind,
    scenario: scenario.name,
    protocol,
    events,
    cutOff: origin ? learnedThrough(origin) : 0,
    users: cases.length,
    items: context.catalogue.available().length,
    k: scenario.slateSize,
    exploration,
    fastLoop: towers !== undefined && servesWithLoop(scenario.fastLoop, towers.ground),
    quality: measureSlates(cases, { scenario: { ...scenario, exploration }, random }),
    ndcg: meanOverUsers(cases.map(({ ndcg }) => ndcg)),
  };
}
