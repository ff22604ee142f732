import type { Assignment, PolicySnapshot, PromotionMode } from "../domain/policy-snapshot.ts";

export type { PolicyStatus } from "../domain/policy-snapshot.ts";

/** A policy snapshot without its bytes; `createdAt` is ISO 8601 in UTC. */
export interface PolicyBody extends Omit<PolicySnapshot, "createdAt"> {
  readonly createdAt: string;
}

/** Who answers now, how promotions come about, and the newest snapshots. */
export interface PoliciesResponse extends Omit<Assignment, "mode" | "anchorSince"> {
  readonly anchorSince?: string;
  readonly scenario: string;
  readonly mode: PromotionMode;
  readonly policies: readonly PolicyBody[];
}
