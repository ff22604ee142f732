import { timingSafeEqual } from "node:crypto";
import { type ApiKey, hasEnded } from "../../domain/api-key.ts";
import { EngineError } from "../../domain/errors.ts";
import type { Store } from "../../storage/store.ts";
import { hashKey } from "./manage-keys.ts";

/** So long may a key live on that another process revoked. */
export const keysFreshMs = 1000;

/** The keys of a record, for those who check requests. */
export interface Keyring {
  /**
   * The key of this text; undefined if none is needed.
   * @throws unauthenticated, storage_unavailable
   */
  authenticate(text: string | undefined): Promise<ApiKey | undefined>;
}

type KeysByHash = ReadonlyMap<string, ApiKey>;

/** Read again after a second, and after a failure: without its keys nobody is let in. */
function createCache({ keys }: Pick<Store, "keys">, clock: () => number) {
  let readAt = Number.NEGATIVE_INFINITY;
  let known: Promise<KeysByHash> = Promise.resolve(new Map());
  return (): Promise<KeysByHash> => {
    if (Math.abs(clock() - readAt) < keysFreshMs) return known;
    readAt = clock();
    known = keys.list().then((all) => new Map(all.map((key) => [key.hash, key])));
    known.catch(() => {
      readAt = Number.NEGATIVE_INFINITY;
    });
    return known;
  };
}

/** The text is a secret, or nearly one: no message has it. */
function refuse(text: string | undefined, key: ApiKey | undefined): EngineError {
  const found = key === undefined ? "the key is unknown" : `key '${key.name}' has ended`;
  const problem = text === undefined ? "the request has no key" : found;
  const remedy = "send one of recurve keys create as authorization: Bearer rk_…";
  return new EngineError("unauthenticated", `${problem}; ${remedy}`);
}

/** The map's lookup may tell how much of a hash was right, of which a guesser controls nothing. */
function findKey(known: KeysByHash, text: string): ApiKey | undefined {
  const hash = hashKey(text);
  const key = known.get(hash);
  return key && timingSafeEqual(Buffer.from(key.hash), Buffer.from(hash)) ? key : undefined;
}

/**
 * @param options.clock of the machine, milliseconds since 1970: a simulated one would keep revoked
 * keys alive
 * @param options.isClosed keys are needed also if the record has none; else the first one shuts the
 * doors for good
 */
export function createKeyring(
  store: Pick<Store, "keys">,
  { clock, isClosed }: { readonly clock: () => number; readonly isClosed: boolean },
): Keyring {
  const read = createCache(store, clock);
  return {
    authenticate: async (text) => {
      const known = await read();
      if (known.size === 0 && !isClosed) return undefined;
      const key = text === undefined ? undefined : findKey(known, text);
      if (key && !hasEnded(key, clock())) return key;
      throw refuse(text, key);
    },
  };
}
