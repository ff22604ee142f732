import { z } from "zod";
import { dayMs } from "../../domain/durations.ts";
import { openMs } from "../../domain/reward-rule.ts";
import type { Scenario } from "../../domain/scenario.ts";

/** Days for which rows are kept; absent: for ever. */
export interface RetentionConfiguration {
  /** By event type; `default` is for all other types. */
  readonly eventDays: Readonly<Record<string, number>>;
  /** Of decisions, with their rewards, and of revisions and snapshots that only they read. */
  readonly decisionDays?: number;
  /** Of the records of cycles. */
  readonly cycleDays?: number;
}

/** What happens to the rows of people. */
export interface PrivacyConfiguration {
  readonly retention: RetentionConfiguration;
  /** Days after an erasure within which the learner begins policies anew that never saw the user. */
  readonly relearnDays: number;
}

const days = z.number().positive().max(36_500);

/** Privacy as it is written. */
export interface PrivacyInput {
  readonly retention?:
    | {
        readonly eventDays?: Readonly<Record<string, number>> | undefined;
        readonly decisionDays?: number;
        readonly cycleDays?: number;
      }
    | undefined;
  readonly relearnDays?: number | undefined;
}

export const privacySchema: z.ZodType<PrivacyConfiguration, PrivacyInput> = z.strictObject({
  retention: z
    .strictObject({
      eventDays: z.record(z.string().min(1), days).default({}),
      decisionDays: days.exactOptional(),
      cycleDays: days.exactOptional(),
    })
    .prefault({}),
  relearnDays: z.number().min(0).max(30).default(7),
});

/** A decision that is removed while it is open would lose its rewards, and its client an answer. */
export function checkRetention(
  {
    scenarios,
    privacy,
  }: { readonly scenarios: readonly Scenario[]; readonly privacy: PrivacyConfiguration },
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
