import type { PolicyEvidence } from "./policy-evidence.ts";

/** `network` is a trained policy; `popularity` the baseline that orders items by their smoothed mean reward. */
export const policyKinds = ["network", "popularity"] as const;

/** Kind of a policy: an entry of `policyKinds`. */
export type PolicyKind = (typeof policyKinds)[number];

/**
 * Statuses of a policy:
 * - `serving` answers requests.
 * - `canary` answers a share of the users.
 * - `holdback` was replaced, and still answers a small share for comparison.
 * - `waiting` passed the gate and waits for an operator's approval.
 * - `held` did not pass the gate, or was held by the mode.
 * - `retired` was replaced.
 * - `rolled-back` was replaced by a review or by an operator.
 * - `lost` was a canary, and earned less than the serving policy.
 * - `undecided` was a canary, and left before live rewards had shown which is better.
 */
export const policyStatuses = [
  "serving",
  "canary",
  "holdback",
  "waiting",
  "held",
  "retired",
  "rolled-back",
  "lost",
  "undecided",
] as const;

/** Status of a policy: an entry of `policyStatuses`. */
export type PolicyStatus = (typeof policyStatuses)[number];

/** An immutable, versioned, servable policy without its bytes. */
export interface PolicySnapshot {
  readonly version: number;
  /** Each scenario is a loop of its own: its policies, its cycles. */
  readonly scenario: string;
  readonly kind: PolicyKind;
  readonly status: PolicyStatus;
  readonly parent?: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** SHA-256 of the bytes, hexadecimal. */
  readonly checksum: string;
  readonly sizeBytes: number;
  readonly evidence: PolicyEvidence;
}

/**
 * Mode of a scenario's promotions. `automatic`: the gate alone decides. `ask`: a policy that passed
 * the gate waits for an operator. `paused`: cycles continue, and promote nothing. `pinned`: one
 * version serves.
 */
export const promotionModes = ["automatic", "ask", "paused", "pinned"] as const;

/** Mode of promotions: an entry of `promotionModes`. */
export type PromotionMode = (typeof promotionModes)[number];

/** Version that is logged if no snapshot answered: all candidates are equally likely. */
export const uniformVersion = 0;

/**
 * The policies that answer in a scenario now, and those that may take over. Shares are parts of
 * users, in [0, 1].
 */
export interface Assignment {
  readonly serving?: number;
  readonly canary?: number;
  readonly canaryShare: number;
  /**
   * The policy that the serving policy replaced, while the two are compared, and its share of the
   * users outside canary and baseline. The serving policy itself while it is tried as a retriever (`triesRetriever`).
   */
  readonly holdback?: number;
  readonly holdbackShare?: number;
  /** The policy that a share of the users keeps for months, while others are promoted. */
  readonly anchor?: number;
  readonly anchorShare?: number;
  /** Milliseconds since 1970. */
  readonly anchorSince?: number;
  readonly baseline?: number;
  /**
   * The policy whose scores retrieve the candidates of every arm from more items than
   * `maxCandidates`; absent while the uniform choice serves.
   */
  readonly retriever?: number;
  /**
   * ε that the learner asks for beyond the scenario's floor, in (0, 1]; absent if the floor is
   * enough.
   */
  readonly exploration?: number;
  /** Absent: `automatic`. */
  readonly mode?: Exclude<PromotionMode, "automatic">;
  /** Version that passed the gate and waits for approval; a canary keeps its share meanwhile. */
  readonly waiting?: number;
}

/** While the serving policy is compared as a retriever with that of the other arms, the holdback has it on candidates of its own. */
export const triesRetriever = ({ serving, holdback }: Assignment): boolean =>
  holdback !== undefined && holdback === serving;
