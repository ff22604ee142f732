import type { Json } from "../domain/json.ts";

/** A document of a wire, by kind and id. */
export interface DocumentKey {
  readonly kind: DocumentKind;
  readonly id: string;
}

/**
 * Kinds of documents: deferred decisions, which a store of their own writes (`deferral-store.ts`); settings, evaluations, and ranks of a
 * caller to be imitated; policies that are about to answer, and servers that are ready for them.
 */
export const documentKinds = [
  "deferred",
  "settings",
  "evaluation",
  "demonstration",
  "announced",
  "readied",
] as const;

/** An entry of `documentKinds`. */
export type DocumentKind = (typeof documentKinds)[number];

/** Documents of the wires of other systems, beside the record. */
export interface DocumentStore {
  /** Replaces the document; one that must be new is refused with `conflict` if it is there. Expired ones are deleted. */
  put(
    key: DocumentKey,
    payload: Json,
    options: { readonly now: number; readonly expiresAt?: number; readonly isNew?: boolean },
  ): Promise<void>;
  /** Undefined if it is not there or has expired. */
  find(key: DocumentKey, now: number): Promise<Json | undefined>;
  /** The newest `limit` of a kind, newest first. */
  list(kind: DocumentKind, limit: number): Promise<readonly Json[]>;
  /** Documents of a kind that were put after the one of number `after`, and the highest number. */
  since(
    kind: DocumentKind,
    after: number,
  ): Promise<{ readonly count: number; readonly last: number }>;
  /** False if it was not there. */
  delete(key: DocumentKey): Promise<boolean>;
}
