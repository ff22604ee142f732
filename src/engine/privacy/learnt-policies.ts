import type { Assignment } from "../../domain/policy-snapshot.ts";
import { isUniform } from "../../policy/network-ground.ts";
import type { LaterErasures } from "../../storage/erasure-store.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import { loadServed } from "../learner/cycle/carried.ts";

/** All versions that an assignment names, the retriever and the waiting one included. */
export function namedVersions(assignment: Assignment): readonly number[] {
  const { serving, canary, holdback, anchor, baseline, waiting, retriever } = assignment;
  const all = [serving, canary, holdback, anchor, baseline, waiting, retriever];
  return [...new Set(all.filter((version) => version !== undefined))];
}

/** Erasures whose users a policy may have learnt from: those after the fresh start that it stands on. */
async function laterErasures(
  { erasures, policies }: Store,
  scenario: string,
  version: number,
): Promise<LaterErasures | undefined> {
  const fresh = await policies.freshStart(scenario, version);
  return erasures.since(fresh?.sequence ?? 0);
}

/**
 * Whether a policy may have learnt from a user who was erased: it was made after the user's first
 * row, and no fresh start came in between.
 */
export async function hasLearntFromErased(
  store: Store,
  scenario: string,
  version: number,
): Promise<boolean> {
  const erased = await laterErasures(store, scenario, version);
  return erased !== undefined && version > (await store.policies.newestAt(erased.first));
}

async function isUsable(store: Store, version: number): Promise<boolean> {
  const network = await loadServed(store, version);
  return network !== undefined && !isUniform(network);
}

/** The serving policy, or the nearest of its parents, that never saw an erased user. */
export async function findKept(
  store: Store,
  scenario: string,
  { serving }: Assignment,
): Promise<number | undefined> {
  for (let version = serving; version !== undefined; ) {
    if (!(await hasLearntFromErased(store, scenario, version)))
      return version === serving || (await isUsable(store, version)) ? version : undefined;
    version = (await store.policies.find(version))?.parent;
  }
  return undefined;
}

/** Policies in use that may have learnt from erased users, and the oldest of those erasures. */
export interface PendingPolicies {
  readonly scenario: string;
  readonly versions: readonly number[];
  readonly erasures: number;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Undefined if no policy in use has to be replaced. */
export async function findPending(
  store: Store,
  scenario: string,
): Promise<PendingPolicies | undefined> {
  const assignment = await store.policies.assignment(scenario);
  const named = namedVersions(assignment);
  const learnt = await Promise.all(
    named.map(async (version) => ({
      version,
      hasLearnt: await hasLearntFromErased(store, scenario, version),
    })),
  );
  const versions = learnt.filter(({ hasLearnt }) => hasLearnt).map(({ version }) => version);
  // The oldest of them stands on the oldest start, and has the most erasures after it.
  const erased = await laterErasures(store, scenario, Math.min(...versions));
  if (versions.length === 0 || erased === undefined) return undefined;
  return { scenario, versions, erasures: erased.count, since: erased.endedAt };
}

/** Of all scenarios of the configuration. */
export async function findAllPending(
  store: Store,
  { scenarios }: Pick<Configuration, "scenarios">,
): Promise<readonly PendingPolicies[]> {
  const found = await Promise.all(scenarios.map(({ name }) => findPending(store, name)));
  return found.filter((pending) => pending !== undefined);
}
