import type { Consent } from "../domain/consent.ts";
import type { UserId } from "../domain/ids.ts";

/** Users' consent with all its revisions; `users.put` writes it. It outlives the user's attributes. */
export interface ConsentStore {
  /** Flags that the user has stated by event number `asOf`, default now; empty if nothing. */
  of(userId: UserId, asOf?: number): Promise<Consent>;
  /** Event number of the newest change of anybody's consent, 0 without one. */
  newest(): Promise<number>;
}
