import type { CampaignReport, CampaignStatus } from "../../domain/campaign-report.ts";
import { dayOf } from "../../domain/pacing.ts";
import type { CampaignFigures } from "../../storage/campaign-store.ts";
import type { Store } from "../../storage/store.ts";

function statusOf({ campaign, isOpen }: CampaignFigures, now: number): CampaignStatus {
  const { startsAt = now, endsAt = Number.POSITIVE_INFINITY } = campaign;
  if (endsAt <= now) return "ended";
  if (startsAt > now) return "scheduled";
  return isOpen ? "running" : "exhausted";
}

function pacingOf({ campaign: { budget }, factor, today, planned }: CampaignFigures) {
  if (budget?.day === undefined || planned === undefined) return {};
  const { spend } = today;
  return { pacing: { factor, spend, planned, lead: (spend - planned) / budget.day } };
}

function toReport(figures: CampaignFigures, now: number): CampaignReport {
  const { campaign, impressions, spend, reserved, outcomes, opportunities } = figures;
  const { campaignId, pays, bid, budget } = campaign;
  return {
    campaignId,
    status: statusOf(figures, now),
    pays,
    bid,
    ...(budget && { budget }),
    impressions,
    spend,
    reserved,
    outcomes,
    ...(opportunities > 0 && { winRate: impressions / opportunities }),
    ...pacingOf(figures),
    explored: {
      impressions: figures.explored,
      spend: figures.exploredSpend,
      share: impressions > 0 ? figures.explored / impressions : 0,
    },
  };
}

/** The scenario, and the first and last day that are reported. */
export interface ReportSpan {
  readonly scenario: string;
  /** Milliseconds since 1970, anywhere in the day. Default: the day of `to`. */
  readonly from?: number;
  /** Default: now. */
  readonly to?: number;
}

/** Each campaign of a scenario, by id, over whole days. */
export async function reportCampaigns(
  { campaigns }: Store,
  now: number,
  { scenario, to = now, from = to }: ReportSpan,
): Promise<readonly CampaignReport[]> {
  await campaigns.settle(scenario, now);
  const days = { from: dayOf(from), to: dayOf(to) };
  const all = await campaigns.figures({ scenario, now, ...days });
  return all.map((figures) => toReport(figures, now));
}
