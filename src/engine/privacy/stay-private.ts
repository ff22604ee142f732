import type { Cycle } from "../../domain/cycle.ts";
import { mark } from "../../domain/take-over.ts";
import { formatCounted } from "../../numeric/format.ts";
import type { Store } from "../../storage/store.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { EncoderOptions } from "../encoder/learn-encoder.ts";
import { forgetVersions } from "./forget-versions.ts";
import { findKept, findPending, type PendingPolicies } from "./learnt-policies.ts";
import { isBudgetSpent } from "./spent-budget.ts";

interface Parts {
  readonly store: Store;
  readonly configuration: Pick<Configuration, "privacy">;
}

/**
 * Privately trained policies that serve on although they may have learnt from erased users: the
 * budget allows no training in their place. Sums without noise would break the promise to all
 * others, and the uniform choice would end the service for want of a number in the configuration.
 * @returns empty if the serving policy is to be replaced, or need not be
 */
export async function findStaying(
  { store, configuration }: Parts,
  { scenario, versions }: PendingPolicies,
): Promise<readonly number[]> {
  const { differential } = configuration.privacy;
  const assignment = await store.policies.assignment(scenario);
  const { serving } = assignment;
  if (differential === undefined || serving === undefined || !versions.includes(serving)) return [];
  if (!(await isBudgetSpent(store, differential))) return [];
  const found = await Promise.all(versions.map((version) => store.policies.find(version)));
  const staying = versions.filter((_, index) => found[index]?.evidence.privacy !== undefined);
  if (!staying.includes(serving)) return [];
  return (await findKept(store, scenario, assignment)) === undefined ? staying : [];
}

/** One sentence for a person; see `findStaying`. */
export const describeStaying = (
  { scenario, erasures }: Pick<PendingPolicies, "scenario" | "erasures">,
  staying: readonly number[],
): string =>
  `policies ${staying.join(", ")} of ${scenario} may have learnt from ${formatCounted(erasures, "erased user")}, and stay because the privacy budget is spent: raise privacy.differential.epsilon and trainings, or pin a version that never saw them`;

/** The same of a scenario; undefined if no policy waits for a budget. */
export async function tellStaying(parts: Parts, scenario: string): Promise<string | undefined> {
  const pending = await findPending(parts.store, scenario);
  if (pending === undefined) return undefined;
  const staying = await findStaying(parts, pending);
  return staying.length === 0 ? undefined : describeStaying(pending, staying);
}

/** Retires the others, which no ε covers. @returns undefined if there are none */
export async function retireOthers(
  { store, seed, clock }: EncoderOptions,
  pending: PendingPolicies,
  staying: readonly number[],
): Promise<Cycle | undefined> {
  const { scenario } = pending;
  const versions = pending.versions.filter((version) => !staying.includes(version));
  if (versions.length === 0) return undefined;
  const replaces = await store.policies.assignment(scenario);
  const [last] = await store.cycles.list({ scenario, limit: 1 });
  const now = clock();
  const cycle = {
    ...({ scenario, outcome: "hold", record: { seed } } as const),
    startedAt: now,
    finishedAt: now,
    reason: `policies ${versions.join(", ")} are retired; ${describeStaying(pending, staying)}`,
    ...(replaces.serving !== undefined && { policyVersion: replaces.serving }),
    throughSequence: last?.throughSequence ?? 0,
  };
  const applied = await store.policies.apply({
    statuses: versions.flatMap((version) => mark(version, "retired")),
    assign: () => ({ scenario, assignment: forgetVersions(replaces, versions), replaces }),
    cycle: () => cycle,
  });
  return { ...cycle, cycle: applied.cycle ?? 0 };
}
