import type { Assignment, PolicySnapshot } from "../../domain/policy-snapshot.ts";
import type { Store } from "../../storage/store.ts";

/** Versions that answer or retrieve now. */
export function assignedVersions(assignment: Assignment): readonly number[] {
  const { serving, canary, holdback, anchor, baseline, retriever } = assignment;
  const versions = [serving, canary, holdback, anchor, baseline, retriever];
  return [...new Set(versions)].filter((version) => version !== undefined);
}

/**
 * The newest `limit` policies of a scenario, newest first, and older ones that answer now or wait.
 * Each cycle adds policies, so a long-serving one would else fall out of the operator's list.
 */
export async function listPolicies(
  { policies }: Store,
  options: { readonly scenario: string; readonly limit: number },
): Promise<{ readonly assignment: Assignment; readonly policies: readonly PolicySnapshot[] }> {
  const assignment = await policies.assignment(options.scenario);
  const newest = await policies.list(options);
  const { waiting, canary } = assignment;
  const apart = waiting === undefined || waiting === canary ? [] : [waiting];
  const older = [...assignedVersions(assignment), ...apart].filter(
    (assigned) => !newest.some(({ version }) => version === assigned),
  );
  const found = await Promise.all(older.map((version) => policies.find(version)));
  const added = found.filter((policy) => policy !== undefined);
  added.sort((left, right) => right.version - left.version);
  return { assignment, policies: [...newest, ...added] };
}
