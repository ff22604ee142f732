import type { RecordOutcome } from "../domain/behaviour.ts";
import type { Consent } from "../domain/consent.ts";

/**
 * Something a user did to an item. An `eventId` makes a repetition a duplicate; `value` defaults to
 * 1, `occurredAt` to now.
 */
export interface EventBody {
  readonly eventId?: string;
  readonly type: string;
  readonly userId: string;
  readonly itemId: string;
  readonly value?: number;
  readonly occurredAt?: string;
  /** The decision that this answers. Without it the user's newest open decision that showed the item is taken. */
  readonly decisionId?: string;
  /** It can only take away from the user's consent. */
  readonly consent?: Consent;
}

/** Body of `POST /api/v1/events`: 1 to 1000 events, recorded all or none. */
export interface EventsRequest {
  readonly events: readonly EventBody[];
}

/** An outcome for each event, in their order, and the number of each outcome. */
export interface EventsResponse {
  readonly outcomes: readonly RecordOutcome[];
  readonly counts: Readonly<Record<RecordOutcome, number>>;
  /**
   * A sentence for each event type that trains nothing, such as a misspelt one, at most ten; absent
   * if there is none.
   */
  readonly warnings?: readonly string[];
}
