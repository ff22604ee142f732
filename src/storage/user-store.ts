import type { User } from "../domain/catalogue.ts";
import type { UserId } from "../domain/ids.ts";
import type { DamagedRows, RevisionStore } from "./revision-store.ts";

/** Users with all their revisions. */
export interface UserStore extends RevisionStore<User, UserId> {
  /** Of these ids those that no user was written under and that have no event. */
  unknown(ids: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** Users as they are now whose id is none or whose attributes are no object; the first `limit` by id. Reads all users. */
  damaged(limit: number): Promise<DamagedRows>;
}
