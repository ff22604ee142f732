import type { PolicyEvidence } from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicyStatus } from "../../../domain/policy-snapshot.ts";

export interface StatusChange {
  readonly version: number;
  readonly status: PolicyStatus;
  readonly evidence?: PolicyEvidence;
}

/** A change of status, where there is a policy to change. */
export const mark = (version: number | undefined, status: PolicyStatus): StatusChange[] =>
  version === undefined ? [] : [{ version, status }];

export interface TakeOver {
  readonly statuses: readonly StatusChange[];
  readonly assign: (version: number) => Assignment;
}

/** Without holdback, canary and what waits: whoever was there leaves the traffic. */
export function withoutRivals(assignment: Assignment): Assignment {
  const { canary: _, holdback: __, holdbackShare: ___, waiting: ____, ...rest } = assignment;
  return { ...rest, canaryShare: 0 };
}

/** Canary and what waits were made from the policy that served, and judged against it: they go where it goes. */
export const retireCandidates = ({ canary, waiting }: Assignment): StatusChange[] => [
  ...mark(canary, "retired"),
  ...(waiting === canary ? [] : mark(waiting, "retired")),
];

/** A policy takes over, and what it replaces keeps a share of the users. Canary, what waits and an earlier holdback leave. */
export function takeOver(assignment: Assignment, holdbackShare: number): TakeOver {
  const { serving, holdback } = assignment;
  const isHeld = serving !== undefined && holdbackShare > 0;
  return {
    statuses: [
      ...mark(holdback, "retired"),
      ...retireCandidates(assignment),
      ...mark(serving, isHeld ? "holdback" : "retired"),
    ],
    assign: (version) => ({
      ...withoutRivals(assignment),
      serving: version,
      ...(isHeld && { holdback: serving, holdbackShare }),
    }),
  };
}
