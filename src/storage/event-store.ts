import type { BehaviourEvent, HistoryEntry } from "../domain/behaviour.ts";
import type { Consent } from "../domain/consent.ts";
import type { DecisionId, ItemId, UserId } from "../domain/ids.ts";
import type { RepeatRule } from "../domain/scenario.ts";

/** An event in the order of all. */
export interface ScannedEvent extends HistoryEntry {
  readonly userId: UserId;
  /** Absent if it refuses nothing. */
  readonly consent?: Consent;
}

/** An event to be stored, with the reward that it brings if it was attributed to a decision. */
export interface EventRow {
  readonly event: BehaviourEvent;
  readonly reward?: {
    readonly decisionId: DecisionId;
    readonly position: number;
    /** Reward units: weight of the event type × event value. */
    readonly value: number;
    /** How it joins a reward of the same type that the position has. */
    readonly repeats: RepeatRule;
  };
  /** The row says that this position was viewed. It is then no behaviour, and takes no event number. */
  readonly viewed?: { readonly decisionId: DecisionId; readonly position: number };
  /** The deferral that keeps the row until it is activated. It is then no behaviour, and takes no event number. */
  readonly deferral?: DecisionId;
}

/** `duplicate`: the event id is known, in its deferral if it has one; or the position was viewed already. */
export type EventRowOutcome = "stored" | "duplicate";

/** Of a user, the newest ones that `lastEvents` looks at: each takes a request a microsecond or two, and bots have any number. */
export const lastEventsOfUser = 5000;

/**
 * Behaviour events in the order of their event numbers. One that a reaction's deletion retracted is
 * behaviour only as of earlier event numbers.
 */
export interface EventStore {
  /** All rows or none. Outcomes in the order of the rows. A duplicate stores neither event nor reward. @throws DeferralChanged */
  record(rows: readonly EventRow[]): Promise<readonly EventRowOutcome[]>;
  /** The user's newest `limit` events that refuse no personalisation, with sequence ≤ asOf, returned oldest first. */
  history(
    userId: UserId,
    options: { readonly asOf: number; readonly limit: number },
  ): Promise<readonly HistoryEntry[]>;
  /**
   * The time of the user's last event with each item, of these types (default: all), after `since`. Of the newest `lastEventsOfUser` that refuse
   * no personalisation, with sequence ≤ asOf.
   */
  lastEvents(
    userId: UserId,
    options: {
      readonly asOf: number;
      readonly types?: readonly string[] | undefined;
      readonly since?: number;
    },
  ): Promise<ReadonlyMap<ItemId, number>>;
  /**
   * Items of events of these types with after < sequence ≤ asOf, those of the most users first, then by the newest event. People and events
   * that refuse personalisation as of `asOf` are left out.
   */
  trending(options: {
    readonly after: number;
    readonly asOf: number;
    readonly types: readonly string[];
    readonly limit: number;
    /** Consent of people who have stated nothing. */
    readonly byDefault: boolean;
  }): Promise<readonly ItemId[]>;
  /** Users by item, of events that occurred before a time and whose value × the weight of their type is above `above`. */
  usersByItem(options: {
    readonly weights: Readonly<Record<string, number>>;
    readonly above: number;
    /** Milliseconds since 1970. */
    readonly before: number;
  }): Promise<ReadonlyMap<ItemId, number>>;
  /** All events of a user, also those that refuse a use or were retracted, oldest first. */
  ofUser(userId: UserId): Promise<readonly ScannedEvent[]>;
  /** Events in order of sequence, from after `after`, at most `limit`. */
  scan(options: {
    readonly after: number;
    readonly limit: number;
  }): Promise<readonly ScannedEvent[]>;
  /** All events, or those after `after`. */
  count(options?: { readonly after?: number }): Promise<number>;
}
