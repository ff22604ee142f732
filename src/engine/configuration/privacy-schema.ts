import { z } from "zod";
import type { ConsentDefaults } from "../../domain/consent.ts";

/** Where a key is read from when a process starts: an environment variable or a file. */
export interface KeySource {
  readonly variable?: string;
  readonly file?: string;
}

/** The record holds other ids of users than callers send, which only a holder of the key finds. */
export interface PseudonymSettings {
  /** New ids are kept under this key. */
  readonly key: KeySource;
  /** Earlier keys, under which a part of the users may still be. */
  readonly previous: readonly KeySource[];
}

/** Ids of people in the record, and consent of those who were not asked yet. */
export interface PrivacyConfiguration {
  /** Absent: ids are kept as callers send them. */
  readonly pseudonyms?: PseudonymSettings;
  /** Of users who have stated nothing. */
  readonly consent: ConsentDefaults;
}

type Defaulted<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** As it is written. */
export interface PrivacyInput {
  readonly pseudonyms?: Pick<PseudonymSettings, "key"> &
    Defaulted<Pick<PseudonymSettings, "previous">>;
  readonly consent?: Defaulted<ConsentDefaults> | undefined;
}

const keySource: z.ZodType<KeySource, KeySource> = z
  .strictObject({
    variable: z
      .string()
      .regex(/^[A-Za-z_]\w*$/, "must be the name of an environment variable")
      .exactOptional(),
    file: z.string().min(1).exactOptional(),
  })
  .refine(
    ({ variable, file }) => (variable === undefined) !== (file === undefined),
    "must have either variable or file",
  );

const pseudonymsSchema = z.strictObject({
  key: keySource,
  previous: z.array(keySource).max(10).default([]),
});

const consentSchema = z.strictObject({
  train: z.boolean().default(true),
  personalise: z.boolean().default(true),
});

export const privacySchema: z.ZodType<PrivacyConfiguration, PrivacyInput> = z.strictObject({
  pseudonyms: pseudonymsSchema.exactOptional(),
  consent: consentSchema.prefault({}),
});
