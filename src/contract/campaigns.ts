import type { CampaignBudget, FrequencyCap } from "../domain/campaign.ts";
import type { CampaignReport } from "../domain/campaign-report.ts";

export type { CampaignBudget, FrequencyCap } from "../domain/campaign.ts";
export type { CampaignReport } from "../domain/campaign-report.ts";

/**
 * Body of a put, which writes the whole campaign. Items name it in their attribute `campaign`. Money is in one unit of your choice,
 * days are those of UTC.
 */
export interface CampaignFields {
  readonly scenario: string;
  /** The outcome that is paid for: an event type of the scenario's `ads.outcomes`, or `impression`. */
  readonly pays: string;
  /** Price of one outcome: above 0, at most the scenario's `reward.maximum`. */
  readonly bid: number;
  /** Default: without end. Each above 0. */
  readonly budget?: CampaignBudget;
  /** Default: at once. */
  readonly startsAt?: string;
  /** Default: never. */
  readonly endsAt?: string;
  /** A user sees the campaign at most so often within so many hours. */
  readonly frequencyCap?: FrequencyCap;
}

/** A campaign, with its id. */
export interface CampaignBody extends CampaignFields {
  readonly campaignId: string;
}

/** Body of `POST /api/v1/campaigns`: 1 to 1000 campaigns, written all or none. */
export interface CampaignsRequest {
  readonly campaigns: readonly CampaignBody[];
}

/** The scenario and the days that a report of campaigns is about. */
export interface CampaignReportQuery {
  /** Default: the first scenario with ads. */
  readonly scenario?: string;
  /** A time in the first day. Default: today. */
  readonly from?: string;
  /** A time in the last day. Default: today. */
  readonly to?: string;
}

/** Each campaign of a scenario, by id. */
export interface CampaignReportResponse {
  readonly scenario: string;
  readonly campaigns: readonly CampaignReport[];
}
