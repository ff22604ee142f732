import type { GateRecord, PredictedLift } from "../../../domain/gate-record.ts";
import type { PolicyEvidence, Promotion } from "../../../domain/policy-evidence.ts";
import type { Assignment, PolicyStatus } from "../../../domain/policy-snapshot.ts";
import { mark, type StatusChange, takeOver } from "../../../domain/take-over.ts";

/** The gate's prediction for a candidate. */
export const predict = ({ expected = {} }: GateRecord): PredictedLift => expected;

export function createPromotion(
  predicted: PredictedLift,
  at: Pick<Promotion, "promotedAt" | "holdbackShare"> & { readonly replaced: number | undefined },
): Promotion {
  const { replaced, ...rest } = at;
  return { ...(replaced !== undefined && { replaced }), ...rest, predicted };
}

/** A canary, with all that is known about it so far. */
export interface Canary {
  readonly version: number;
  readonly evidence: PolicyEvidence;
}

/** Findings that let a canary take over, off-policy or live. */
export interface CanaryProof {
  readonly reason: string;
  readonly predicted: PredictedLift;
  /** Share of the users who keep the policy that it replaces. */
  readonly holdbackShare: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

interface Ended {
  readonly assignment: Assignment;
  readonly statuses: readonly StatusChange[];
}

/** It takes over, and the replaced policy keeps a share of the users. */
export function promoteCanary(
  assignment: Assignment,
  { version, evidence }: Canary,
  { reason, predicted, holdbackShare, now }: CanaryProof,
): Ended {
  const { serving: replaced } = assignment;
  const { statuses, assign } = takeOver(assignment, holdbackShare);
  const promotion = createPromotion(predicted, { replaced, promotedAt: now, holdbackShare });
  const known = { ...evidence, verdict: "promote", reason, promotion } as const;
  return {
    assignment: assign(version),
    statuses: [...statuses, { version, status: "serving", evidence: known }],
  };
}

/** It keeps its share while it waits. An earlier waiting policy was judged on older feedback. */
export function askFirst(
  assignment: Assignment,
  { version, evidence }: Canary,
  { reason, predicted, holdbackShare }: CanaryProof,
): Ended {
  const proposed = { reason, predicted, holdbackShare };
  const earlier = assignment.waiting === version ? undefined : assignment.waiting;
  const known = { ...evidence, verdict: "promote", proposed } as const;
  return {
    assignment: { ...assignment, waiting: version },
    statuses: [...mark(earlier, "retired"), { version, status: "canary", evidence: known }],
  };
}

/** Its users go back to the serving policy. */
export function dropCanary(
  { canary, waiting, ...rest }: Assignment,
  { version, evidence }: Canary,
  status: PolicyStatus,
): Ended {
  const isWaiting = waiting !== undefined && waiting !== canary;
  return {
    assignment: { ...rest, canaryShare: 0, ...(isWaiting && { waiting }) },
    statuses: [{ version, status, evidence }],
  };
}
