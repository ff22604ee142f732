import type { BehaviourEvent } from "../domain/behaviour.ts";
import type { Decision } from "../domain/decision.ts";
import { EngineError } from "../domain/errors.ts";
import type { DecisionId } from "../domain/ids.ts";
import type { EventRow } from "./event-store.ts";

/** Decisions that count from their activation on, under the id of the first. */
export interface NewDeferral {
  readonly id: DecisionId;
  /** One at least, all drawn together. */
  readonly decisions: readonly Decision[];
}

/** A deferral, with the events that came before its activation. */
export interface Deferral extends NewDeferral {
  readonly events: readonly KeptEvent[];
}

/** An earlier release kept events as they were sent: without a time, or a value, that its sender left out. */
export type KeptEvent = Omit<BehaviourEvent, "value" | "occurredAt"> &
  Partial<Pick<BehaviourEvent, "value" | "occurredAt">>;

/**
 * Decisions beside the record: no read of decisions finds them, they take no event number, and nothing is reserved for their ads. A
 * deferral expires with its first decision. Events join it by `EventRow.deferral`.
 */
export interface DeferralStore {
  /**
   * Keeps fresh decisions, and appends others that are not deferred; all or none.
   * @throws conflict if an id is taken, CampaignClosed of the others, ErasedMeanwhile
   */
  add(deferrals: readonly NewDeferral[], decided?: readonly Decision[]): Promise<void>;
  /** Undefined if there is none, or it has expired. */
  find(id: DecisionId, now: number): Promise<Deferral | undefined>;
  /**
   * Ends a deferral, and appends its decisions with the events that they bring; all or none.
   * @param options.asOf event number as of which the campaigns of its ads are open
   * @throws DeferralChanged, CampaignClosed
   */
  settle(
    deferral: Deferral,
    options: {
      readonly decisions: readonly Decision[];
      readonly events: readonly EventRow[];
      readonly asOf: number;
    },
  ): Promise<void>;
}

/** Events that a deferral keeps. Each writes it anew, so their cost grows with the square of their number: 100 take some 20 ms. */
export const mostKeptEvents = 100;

/** A deferral was activated, erased or joined by another event since it was read: it is to be read again. */
export class DeferralChanged extends EngineError {
  constructor(id: string) {
    super("conflict", `deferred decision '${id}' was changed meanwhile; send the request again`, {
      details: { decisionId: id },
    });
  }
}
