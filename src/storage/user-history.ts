import type { Consent } from "../domain/consent.ts";
import type { Edge } from "../domain/edge.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { DocumentKey } from "./document-store.ts";

/** A change of an edge from or to a user; of friends once, from the user. */
export interface EdgeChange extends Edge {
  readonly sequence: number;
  /** It ended the edge. */
  readonly isEnd: boolean;
}

/** All revisions of a user's rows and the wires' rows about them, which nothing else reads whole; the oldest first. */
export interface UserHistory {
  /** `null` after a deletion. */
  readonly attributes: readonly {
    readonly sequence: number;
    readonly attributes: JsonObject | null;
  }[];
  readonly consents: readonly { readonly sequence: number; readonly consent: Consent }[];
  readonly edges: readonly EdgeChange[];
  readonly documents: readonly (DocumentKey & { readonly payload: Json })[];
  /** Hashes by which callers' ids lead to a pseudonym; the name of the key, not the key. */
  readonly pseudonyms: readonly { readonly hash: string; readonly key: string }[];
}
