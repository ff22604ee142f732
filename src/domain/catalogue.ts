import type { Consent } from "./consent.ts";
import type { ItemId, UserId } from "./ids.ts";
import type { JsonObject } from "./json.ts";

/** An item as its owner describes it. Attributes are arbitrary JSON; the policy hashes them. */
export interface Item {
  readonly itemId: ItemId;
  readonly categories: readonly string[];
  readonly attributes: JsonObject;
  /** A withdrawn item stays readable for old decisions and is no candidate for new ones. */
  readonly available: boolean;
}

/** A user with arbitrary JSON attributes; the policy hashes them. */
export interface User {
  readonly userId: UserId;
  readonly attributes: JsonObject;
  /** Stated last. A write without a flag leaves it as it was. */
  readonly consent?: Consent;
}

/** A row as the store holds it: `sequence` is the event number at which this revision was written. */
export type Revision<T> = T & { readonly sequence: number };
