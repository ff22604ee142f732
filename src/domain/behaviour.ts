import type { Consent } from "./consent.ts";
import type { DecisionId, ItemId, UserId } from "./ids.ts";

/** Something a user did to an item: behaviour data, and possibly the reward of a decision. */
export interface BehaviourEvent {
  /** The caller's own id: a second event with the same id is a duplicate and changes nothing. */
  readonly eventId?: string;
  readonly type: string;
  readonly userId: UserId;
  readonly itemId: ItemId;
  /** Size of the event (rating, seconds, price); default 1. Finite. */
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
  readonly decisionId?: DecisionId;
  /** It can only take away from the user's consent. */
  readonly consent?: Consent;
}

/** One entry of a user's history, oldest first. */
export interface HistoryEntry {
  readonly sequence: number;
  readonly itemId: ItemId;
  readonly type: string;
  readonly value: number;
  readonly occurredAt: number;
}

/**
 * Result of an event. The first three are stored as behaviour.
 *
 * - `rewarded`: joins a decision's reward.
 * - `recorded`: no reward; or the sign that an item was viewed, which is no behaviour.
 * - `late`: it occurred after its decision's reward window, or arrived after its close.
 * - `duplicate`: known already, nothing stored.
 * - `deferred`: kept until its decision is activated, and stored then.
 */
export const recordOutcomes = ["rewarded", "recorded", "late", "duplicate", "deferred"] as const;

/** Result of an event: an entry of `recordOutcomes`. */
export type RecordOutcome = (typeof recordOutcomes)[number];
