import type { CampaignBudget } from "./campaign.ts";

/** Why a campaign takes part in no decision, or that it does. */
export const campaignStatuses = ["running", "exhausted", "scheduled", "ended"] as const;
/** State of a campaign in its report: an entry of `campaignStatuses`. */
export type CampaignStatus = (typeof campaignStatuses)[number];

/** A campaign over some days of UTC. Money is in the unit of its bid. */
export interface CampaignReport {
  readonly campaignId: string;
  readonly status: CampaignStatus;
  readonly pays: string;
  readonly bid: number;
  readonly budget?: CampaignBudget;
  readonly impressions: number;
  readonly spend: number;
  /** Prices of ads that are shown, and neither paid for nor lapsed. */
  readonly reserved: number;
  /** Events of each type that answered its impressions. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Impressions in the decisions of its scenario while its budgets had room, as a share of these. Absent without any. */
  readonly winRate?: number;
  /** Of the last day; absent without a day's budget. */
  readonly pacing?: {
    /** Present factor of its bid. */
    readonly factor: number;
    readonly spend: number;
    /** Part of the day's budget that the traffic so far stands for. */
    readonly planned: number;
    /** Spend less plan, as a share of the day's budget. */
    readonly lead: number;
  };
  /** Showings and spend that exploration drew. */
  readonly explored: {
    readonly impressions: number;
    readonly spend: number;
    /** Of the impressions. */
    readonly share: number;
  };
}
