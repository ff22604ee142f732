import type { Campaign, CampaignMoment } from "../domain/campaign.ts";
import { EngineError } from "../domain/errors.ts";
import type { CampaignId, DecisionId, UserId } from "../domain/ids.ts";
import type { RevisionStore } from "./revision-store.ts";

/** Sums of a campaign's charges. Money is in the unit of its bid. */
export interface CampaignSums {
  readonly impressions: number;
  /** Impressions that exploration drew: the sum of their shares. */
  readonly explored: number;
  readonly spend: number;
  /** Spend on them. */
  readonly exploredSpend: number;
  /** Outstanding: shown, and neither paid for nor lapsed. */
  readonly reserved: number;
}

/** A campaign over some days. */
export interface CampaignFigures extends CampaignSums {
  readonly campaign: Campaign;
  /** Events by type that rewarded its impressions. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Decisions of its scenario while it was open. */
  readonly opportunities: number;
  readonly isOpen: boolean;
  readonly factor: number;
  /** Of the last of the days. */
  readonly today: CampaignSums;
  /** Part of the day's budget that its traffic by now stands for; absent without one. */
  readonly planned?: number;
}

/**
 * Campaigns with all their revisions, their budgets and their pacing. An ad that is shown reserves its price in the decision's own
 * commit, until it is paid for or lapses with the decision; so no budget is exceeded, whatever the number of processes.
 */
export interface CampaignStore extends RevisionStore<Campaign, CampaignId> {
  /** Campaigns of a scenario as of an event number, by id. */
  asOf(scenario: string, asOf: number): Promise<readonly CampaignMoment[]>;
  /**
   * Brings budgets and pacing of a scenario up to a time, if there is something to do: charges that
   * have lapsed, a new day, the next step of pacing.
   */
  settle(scenario: string, now: number): Promise<void>;
  /** Times at which a scenario's decisions showed a user each campaign, decidedAt > since and sequence ≤ asOf. */
  showings(options: {
    readonly userId: UserId;
    readonly scenario: string;
    readonly since: number;
    readonly asOf: number;
  }): Promise<ReadonlyMap<CampaignId, readonly number[]>>;
  /** Of each campaign of a scenario, over the days (since 1970, UTC) from ≤ day ≤ to. */
  figures(options: {
    readonly scenario: string;
    readonly from: number;
    readonly to: number;
    readonly now: number;
  }): Promise<readonly CampaignFigures[]>;
  /**
   * Derives a campaign's state as of an event number from its charges and the traffic by then: the
   * reason if it is another, else undefined.
   */
  findContradiction(campaignId: CampaignId, asOf: number): Promise<string | undefined>;
}

/**
 * A campaign was closed after the event number that a decision was made at, so that its ad
 * may be without budget. Thrown whatever it shows: the choice is to be made anew.
 */
export class CampaignClosed extends EngineError {
  constructor(decisionId: DecisionId) {
    const message = `a campaign closed while decision '${decisionId}' was made; ask for another`;
    super("conflict", message, { details: { decisionId } });
  }
}
