import type { UserId } from "../domain/ids.ts";

/** A caller's id under one key. */
export interface KeyedHash {
  /** Name of the key. */
  readonly key: string;
  readonly hash: string;
}

/** A key, and the users whose rows are under it. */
export interface PseudonymKey {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly users: number;
}

/**
 * The users' ids in the record, by a keyed hash of the ids that callers know. It holds neither those
 * nor a key.
 */
export interface PseudonymStore {
  /** Writes nothing if it is known. */
  addKey(key: string, createdAt: number): Promise<void>;
  /** By time of their first use. */
  keys(): Promise<readonly PseudonymKey[]>;
  /**
   * Forgets a key, with the rows under it.
   * @returns the number of users who can't be found again
   * @throws not_found
   */
  retire(key: string): Promise<number>;
  /**
   * @param hashes of one id, under the present key first. Undefined if none is known
   * @throws not_ready if it is unknown, and users are under a key that is not among them
   */
  find(hashes: readonly KeyedHash[]): Promise<UserId | undefined>;
  /**
   * The ids of callers' ids, in their order. A row under an earlier key moves to the present one; an
   * unknown id gets a random one, the same in all processes.
   * @throws not_ready if one is unknown, and users are under a key that is not among its hashes
   */
  assign(ids: readonly (readonly KeyedHash[])[]): Promise<readonly UserId[]>;
  /** Whether it is the id of a user who can be found. */
  has(id: string): Promise<boolean>;
  /** Whether the record names any user at all, under whatever id. */
  hasUsers(): Promise<boolean>;
}
