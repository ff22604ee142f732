import type { Candidate } from "../../domain/decision.ts";
import type { ItemId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Recommendation } from "../calls/serving-calls.ts";

/** A place that shows one action. */
export interface RankSlot {
  /** Actions that it may show, with their features, in the caller's own order. */
  readonly candidates: readonly Candidate[];
  /** Of the moment and the slot. */
  readonly context: JsonObject;
}

/** Slots are decided one after the other; none shows an action that another shows. */
export interface RankRequest {
  /** Default: a new one. */
  readonly eventId?: string | undefined;
  readonly slots: readonly RankSlot[];
  /** It becomes a decision only when it is activated. */
  readonly isDeferred: boolean;
}

/** The answer of a slot. */
export interface RankedSlot {
  readonly chosen: ItemId;
  /** Of each action that the slot could show, given the slots before it. */
  readonly probabilities: ReadonlyMap<ItemId, number>;
}

export interface Ranked {
  readonly eventId: string;
  readonly slots: readonly RankedSlot[];
  /** Decisions made now: none of an event that was ranked before. */
  readonly made: readonly Recommendation[];
}
