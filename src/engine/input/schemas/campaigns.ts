import { z } from "zod";
import type { CampaignBudget, FrequencyCap } from "../../../domain/campaign.ts";
import { exactly } from "../exactly.ts";
import { integer, milliseconds, name, optional } from "../fields.ts";
import type { CampaignInput, CampaignReportInput } from "../input.ts";

/** Sums of more lose cents. */
const maxMoney = 1e9;

const money = z
  .number("must be a number above 0")
  .positive("must be above 0")
  .max(maxMoney, `must be at most ${maxMoney}`);

/** Without its times, which are text over HTTP and in files, and numbers in a call. */
export const campaignFields: {
  readonly scenario: z.ZodString;
  readonly pays: z.ZodString;
  readonly bid: z.ZodNumber;
  readonly budget: z.ZodExactOptional<z.ZodType<CampaignBudget>>;
  readonly frequencyCap: z.ZodExactOptional<z.ZodType<FrequencyCap>>;
} = {
  scenario: name,
  pays: name,
  bid: money,
  budget: optional(
    exactly<CampaignBudget>()(z.strictObject({ day: optional(money), total: optional(money) })),
  ),
  frequencyCap: optional(
    exactly<FrequencyCap>()(
      z.strictObject({
        showings: integer(1, 1000),
        hours: money.max(8760, "must be at most 8760"),
      }),
    ),
  ),
};
export const campaignInput: z.ZodType<CampaignInput> = exactly<CampaignInput>()(
  z.strictObject({
    campaignId: name,
    ...campaignFields,
    startsAt: optional(milliseconds),
    endsAt: optional(milliseconds),
  }),
);
export const campaignReportInput: z.ZodType<CampaignReportInput> = exactly<CampaignReportInput>()(
  z.strictObject({
    scenario: optional(name),
    from: optional(milliseconds),
    to: optional(milliseconds),
  }),
);
