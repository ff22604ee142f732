import type { MeanOverUsers } from "./first-slates.ts";

/** Whether the encoder learns on, with the figures of the rule. */
export interface EncoderWatch {
  /** Behaviour events after the cut-off of the newest encoder, and those before. */
  readonly newEvents: number;
  readonly knownEvents: number;
  /** Since that encoder was trained; absent before the first one. */
  readonly days?: number;
  /** Absent if the number of events decides. */
  readonly loss?: NextItemLoss;
  readonly isDue: boolean;
  /** One sentence for a person. */
  readonly reason: string;
}

/** Mean over users of −log of the share that the serving encoder gives to their newest item, in nats. */
export interface NextItemLoss {
  /** Of users with events after its cut-off. */
  readonly now: MeanOverUsers;
  readonly users: number;
  /** Of the users that its training held out. */
  readonly before: MeanOverUsers;
}

/** A new encoder against the one that serves, on the newest events, which neither was trained on. */
export interface NewEncoder {
  /** Event number up to which it was trained: decisions up to it judge nothing that stands on it. */
  readonly throughSequence: number;
  /** Cut-off of the serving encoder, after which the events are that training held out; absent without one. */
  readonly heldOutAfter?: number;
  /** NDCG of a slate's length over the whole catalogue, by its log-odds alone. */
  readonly ndcg: MeanOverUsers;
  /** The same of the serving encoder; absent without one. */
  readonly servingNdcg?: MeanOverUsers;
  /** Mean KL from the serving policy to the new one on logged decisions, nats; absent without decisions. */
  readonly divergence?: { readonly decisions: number; readonly kl: number };
}
