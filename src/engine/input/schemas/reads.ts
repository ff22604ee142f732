import { z } from "zod";
import { arms } from "../../../domain/decision.ts";
import { exactly } from "../exactly.ts";
import { integer, limit, milliseconds, name, optional } from "../fields.ts";
import type {
  ActivityInput,
  DecisionsInput,
  PageInput,
  RewardSeriesInput,
  ScenarioPageInput,
} from "../input.ts";

export const pageInput: z.ZodType<PageInput> = exactly<PageInput>()(
  z.strictObject({ after: optional(name), limit: optional(limit) }),
);
export const scenarioPageInput: z.ZodType<ScenarioPageInput> = exactly<ScenarioPageInput>()(
  z.strictObject({ scenario: optional(name), limit: optional(limit) }),
);

export const decisionsInput: z.ZodType<DecisionsInput> = exactly<DecisionsInput>()(
  z.strictObject({
    scenario: optional(name),
    userId: optional(name),
    itemId: optional(name),
    from: optional(milliseconds),
    to: optional(milliseconds),
    after: optional(name),
    limit: optional(limit),
  }),
);

export const bucketSeconds: z.ZodInt = integer(5, 31_536_000);
export const rewardSeriesInput: z.ZodType<RewardSeriesInput> = exactly<RewardSeriesInput>()(
  z.strictObject({
    scenario: optional(name),
    since: optional(milliseconds),
    bucketSeconds: optional(bucketSeconds),
  }),
);

export const activityInput: z.ZodType<ActivityInput> = exactly<ActivityInput>()(
  z.strictObject({
    scenario: optional(name),
    since: optional(milliseconds),
    against: optional(z.enum(arms)),
  }),
);
