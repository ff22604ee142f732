import type { PolicyEvidence } from "./policy-evidence.ts";
import { type Assignment, type PolicyStatus, triesRetriever } from "./policy-snapshot.ts";

export interface StatusChange {
  readonly version: number;
  readonly status: PolicyStatus;
  readonly evidence?: PolicyEvidence;
}

/** A change of status, if there is a policy to change. */
export const mark = (version: number | undefined, status: PolicyStatus): StatusChange[] =>
  version === undefined ? [] : [{ version, status }];

export interface TakeOver {
  readonly statuses: readonly StatusChange[];
  readonly assign: (version: number) => Assignment;
}

/** Its users get the serving policy, on the candidates of all arms. */
export function withoutHoldback(assignment: Assignment): Assignment {
  const { holdback: _, holdbackShare: __, ...rest } = assignment;
  return rest;
}

/** Without holdback, canary and waiting policy, which leave the traffic. */
export function withoutRivals(assignment: Assignment): Assignment {
  const { canary: _, waiting: __, ...rest } = withoutHoldback(assignment);
  return { ...rest, canaryShare: 0 };
}

/** The held-back policy leaves; if it is the serving one, its status is that. */
export const retireHoldback = (assignment: Assignment): StatusChange[] =>
  triesRetriever(assignment) ? [] : mark(assignment.holdback, "retired");

/**
 * Canary and waiting policy were made from the serving policy and judged against it: they leave
 * with it, the canary as `undecided`.
 */
export const retireCandidates = ({ canary, waiting }: Assignment): StatusChange[] => [
  ...mark(canary, "undecided"),
  ...(waiting === canary ? [] : mark(waiting, "retired")),
];

/**
 * A policy takes over, and the replaced one keeps a share of the users. Canary, waiting policy and
 * an earlier holdback leave. It also becomes the retriever if there is none.
 */
export function takeOver(assignment: Assignment, holdbackShare: number): TakeOver {
  const { serving } = assignment;
  const isHeld = serving !== undefined && holdbackShare > 0;
  return {
    statuses: [
      ...retireHoldback(assignment),
      ...retireCandidates(assignment),
      ...mark(serving, isHeld ? "holdback" : "retired"),
    ],
    assign: (version) => ({
      ...withoutRivals(assignment),
      serving: version,
      // All arms share it, so it stays until live rewards have confirmed a promotion and its retrieval.
      retriever: assignment.retriever ?? version,
      ...(isHeld && { holdback: serving, holdbackShare }),
    }),
  };
}
