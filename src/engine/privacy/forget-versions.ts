import type { Assignment } from "../../domain/policy-snapshot.ts";
import { withoutRivals } from "../../domain/take-over.ts";

/** Fields of an assignment that name a version, and those that leave with it. */
const versionFields = {
  serving: [],
  canary: [],
  baseline: [],
  retriever: [],
  waiting: [],
  holdback: ["holdbackShare"],
  anchor: ["anchorShare", "anchorSince"],
} as const satisfies Partial<Record<keyof Assignment, readonly (keyof Assignment)[]>>;

/** Without policies that are to be forgotten, and without those that were judged against a serving one that is. */
export function forgetVersions(assignment: Assignment, versions: readonly number[]): Assignment {
  const { serving } = assignment;
  const isServed = serving !== undefined && versions.includes(serving);
  const left = isServed ? withoutRivals(assignment) : assignment;
  const gone = new Set<string>();
  for (const [field, others] of Object.entries(versionFields)) {
    const version = left[field as keyof typeof versionFields];
    if (version !== undefined && versions.includes(version))
      for (const name of [field, ...others]) gone.add(name);
  }
  const kept = Object.fromEntries(Object.entries(left).filter(([name]) => !gone.has(name)));
  return { ...kept, canaryShare: gone.has("canary") ? 0 : left.canaryShare };
}
