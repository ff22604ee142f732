import type { PrivacyEvidence } from "./privacy.ts";

/** Tables whose rows an erasure removes and counts. */
export const erasedTables = [
  "users",
  "events",
  "decisions",
  "rewards",
  "views",
  "edges",
  "reactions",
  "documents",
  "consents",
  "pseudonyms",
] as const;

/** A table with rows of users: an entry of `erasedTables`. */
export type ErasedTable = (typeof erasedTables)[number];

/** Rows by table. */
export type RowCounts = Readonly<Record<ErasedTable, number>>;

/** Kinds of files that Recurve wrote from the record. */
export const fileKinds = ["backup", "export"] as const;

/** A file that Recurve wrote outside the record, and that may hold rows of its moment. */
export interface WrittenFile {
  readonly kind: (typeof fileKinds)[number];
  /** As the command named it. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
}

/**
 * Proof that a user was erased, which names nobody: who knows the id can compare it with the
 * commitment. Times are ISO 8601, hashes hexadecimal.
 */
export interface ErasureReceipt {
  readonly kind: "erasure";
  readonly version: 1;
  readonly person: {
    /** 32 random bytes that only the receipt has. */
    readonly salt: string;
    /** HMAC-SHA256 of the id, by the salt. */
    readonly commitment: string;
  };
  readonly requestedAt: string;
  readonly erasedAt: string;
  /** Event number at which no row was left; later rows are of a user who came back. */
  readonly sequence: number;
  /** Rows that were removed, by table. */
  readonly rows: RowCounts;
  /** By table with rows: each one's JSON chained by HMAC-SHA256 with the salt, in the order of removal. */
  readonly digests: Readonly<Partial<Record<ErasedTable, string>>>;
  /** By scenario: policies in use that may have learnt from the user. */
  readonly policies: Readonly<Record<string, readonly number[]>>;
  /** When the learner begins to replace them, at the latest. */
  readonly retireBy: string;
  /** Of private trainings: while their budget is spent, policies with this promise stay beyond that time. */
  readonly differential?: PrivacyEvidence;
  /** Files that were written before, of the kinds that hold users. */
  readonly files: readonly {
    readonly kind: WrittenFile["kind"];
    readonly path: string;
    readonly writtenAt: string;
  }[];
  /** Ed25519, of the database. */
  readonly publicKey: string;
  /** Of the canonical JSON of all other fields. */
  readonly signature: string;
}
