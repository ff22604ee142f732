import type { ApiKey } from "../domain/api-key.ts";

/** API keys, ended ones included. They take no event number. */
export interface KeyStore {
  /** @throws conflict if another key of this name has not ended by its `createdAt` */
  add(key: ApiKey): Promise<void>;
  /**
   * Adds a key of the same name with the scopes and the rate of the newest one, and ends the others at `endsAt`,
   * or at their own earlier end.
   * @throws not_found if no key of this name has not ended by its `createdAt`
   */
  replace(
    key: Pick<ApiKey, "name" | "hash" | "createdAt"> & Required<Pick<ApiKey, "endsAt">>,
  ): Promise<void>;
  /**
   * Changes the rate of the keys of a name that have not ended by `now`; undefined takes the limit away.
   * @throws not_found if all of them had ended
   */
  limit(name: string, rate: number | undefined, now: number): Promise<void>;
  /** Ends the keys of a name. @throws not_found if all of them had ended */
  end(name: string, at: number): Promise<void>;
  /** By name, and oldest first. */
  list(): Promise<readonly ApiKey[]>;
}
