import type { Deed } from "../domain/trail.ts";

/** Deeds in the order in which they were done. */
export interface TrailStore {
  add(deed: Deed): Promise<void>;
  /** The newest ones, newest first. */
  list(limit: number): Promise<readonly Deed[]>;
}
