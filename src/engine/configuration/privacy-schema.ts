import { z } from "zod";
import type { ConsentDefaults } from "../../domain/consent.ts";
import { dayMs } from "../../domain/durations.ts";
import type { DifferentialSettings } from "../../domain/privacy.ts";
import { openMs } from "../../domain/reward-rule.ts";
import { type DifferentialInput, differentialSchema } from "./differential-schema.ts";
import type { WrittenScenario } from "./fast-loop-schema.ts";

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

/** Days for which rows are kept; absent: for ever. */
export interface RetentionConfiguration {
  /** By event type; `default` is for all other types. */
  readonly eventDays: Readonly<Record<string, number>>;
  /** Of decisions, with their rewards, and of revisions and snapshots that only they read. */
  readonly decisionDays?: number;
  /** Of the records of cycles. */
  readonly cycleDays?: number;
}

/** Rows of people in the record: ids, consent, retention, privacy of trainings. */
export interface PrivacyConfiguration {
  /** Absent: ids are kept as callers send them. */
  readonly pseudonyms?: PseudonymSettings;
  /** Of users who have stated nothing. */
  readonly consent: ConsentDefaults;
  readonly retention: RetentionConfiguration;
  /** Days after an erasure within which the learner begins to make policies that never saw the user. */
  readonly relearnDays: number;
  /** Absent: trainings are not private. */
  readonly differential?: DifferentialSettings;
}

type Defaulted<T> = { readonly [Field in keyof T]?: T[Field] | undefined };

/** As it is written. */
export interface PrivacyInput {
  readonly pseudonyms?: Pick<PseudonymSettings, "key"> &
    Defaulted<Pick<PseudonymSettings, "previous">>;
  readonly consent?: Defaulted<ConsentDefaults> | undefined;
  readonly retention?:
    | (Omit<RetentionConfiguration, "eventDays"> &
        Defaulted<Pick<RetentionConfiguration, "eventDays">>)
    | undefined;
  readonly relearnDays?: number | undefined;
  readonly differential?: DifferentialInput;
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

const days = z.number().positive().max(36_500);

const retentionSchema = z.strictObject({
  eventDays: z.record(z.string().min(1), days).default({}),
  decisionDays: days.exactOptional(),
  cycleDays: days.exactOptional(),
});

/** The shortest month has 28 days (GDPR, Article 12(3)): the last one is for the training. */
const mostRelearnDays = 27;

export const privacySchema: z.ZodType<PrivacyConfiguration, PrivacyInput> = z.strictObject({
  pseudonyms: pseudonymsSchema.exactOptional(),
  consent: consentSchema.prefault({}),
  retention: retentionSchema.prefault({}),
  relearnDays: z.number().min(0).max(mostRelearnDays).default(7),
  differential: differentialSchema.exactOptional(),
});

/** A decision that is removed while it is open would lose its rewards, and its client an answer. */
export function checkRetention(
  {
    scenarios,
    privacy,
  }: { readonly scenarios: readonly WrittenScenario[]; readonly privacy: PrivacyConfiguration },
  context: z.RefinementCtx,
): void {
  const { decisionDays } = privacy.retention;
  if (decisionDays === undefined) return;
  const open = scenarios.find(({ reward }) => openMs(reward) >= decisionDays * dayMs);
  if (open === undefined) return;
  context.addIssue({
    code: "custom",
    path: ["privacy", "retention", "decisionDays"],
    input: decisionDays,
    message: `must be longer than the reward window of scenario ${open.name}, ${openMs(open.reward) / dayMs} days with its grace period`,
  });
}
