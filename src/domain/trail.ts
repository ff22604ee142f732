/** Deeds on record beside interventions: data that left the record or was erased, changes of keys, trainings by hand. */
export const deedKinds = [
  "erase",
  "export",
  "backup",
  "train",
  "create-key",
  "limit-key",
  "rotate-key",
  "revoke-key",
] as const;

/** Kind of a deed: an entry of `deedKinds`. */
export type DeedKind = (typeof deedKinds)[number];

/** Something that a person or a program did with the record. Never changed, and names no user of the record. */
export interface Deed {
  readonly kind: DeedKind;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** A file, a policy, a key or a scenario; absent for erasures. */
  readonly subject?: string;
  /** User of the machine that ran the command; absent over HTTP. */
  readonly by?: string;
  /** Name of the API key that asked for it; absent if none was needed. */
  readonly key?: string;
}
