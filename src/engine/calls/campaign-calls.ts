import type { Campaign } from "../../domain/campaign.ts";
import type { CampaignReport } from "../../domain/campaign-report.ts";
import type { Revision } from "../../domain/catalogue.ts";
import type { CampaignId } from "../../domain/ids.ts";
import type { Page, PutSummary } from "../../storage/revision-store.ts";
import type { CampaignInput, CampaignReportInput, PageInput } from "../input/input.ts";

/** Campaigns, and their report. */
export interface CampaignCalls {
  /**
   * Writes whole campaigns, all or none, at most 1000. A new bid or budget holds from the next
   * decision on.
   * @throws invalid_request if one doesn't fit its scenario, conflict if one had another scenario
   */
  putCampaigns(campaigns: readonly CampaignInput[]): Promise<PutSummary>;
  /** A campaign as it was last written; undefined if there is none. */
  findCampaign(campaignId: string): Promise<Revision<Campaign> | undefined>;
  /** Ends a campaign; its charges stay. False if there is none. */
  deleteCampaign(campaignId: string): Promise<boolean>;
  /** A page of campaigns in order of id, by default 100. */
  listCampaigns(page?: PageInput): Promise<Page<Campaign, CampaignId>>;
  /**
   * Impressions, spend, outcomes, pacing, win rate and cost of exploration of each campaign of a
   * scenario, over whole days of UTC. Default: the first scenario with ads, today.
   * @throws unknown_scenario
   */
  reportCampaigns(span?: CampaignReportInput): Promise<readonly CampaignReport[]>;
}
