import type { CampaignId } from "./ids.ts";

/** The outcome of being shown. Every other outcome is the type of an event. */
export const impression = "impression";

/** Money that a campaign may spend, in the unit of its bid. */
export interface CampaignBudget {
  /** Of a day in UTC. It is spent as the day's traffic comes. */
  readonly day?: number;
  readonly total?: number;
}

/** A user sees a campaign at most so many times within so many hours. */
export interface FrequencyCap {
  readonly showings: number;
  readonly hours: number;
}

/** Who pays for showing items. An item belongs to the campaign that its attribute `campaign` names. */
export interface Campaign {
  readonly campaignId: CampaignId;
  readonly scenario: string;
  /** The outcome that is paid for: an event type of the scenario's `ads.outcomes`, or `impression`. */
  readonly pays: string;
  /** Price of one outcome: above 0, at most the scenario's `reward.maximum`. */
  readonly bid: number;
  /** Absent: without end. */
  readonly budget?: CampaignBudget;
  /** Milliseconds since 1970; absent: from the start. */
  readonly startsAt?: number;
  /** From this time on it is shown no more. */
  readonly endsAt?: number;
  readonly frequencyCap?: FrequencyCap;
}

/** A campaign as of an event number. */
export interface CampaignMoment {
  readonly campaign: Campaign;
  /** Event number of its state. */
  readonly since: number;
  /** Its budgets had room for one more outcome, those outstanding included. */
  readonly isOpen: boolean;
  /** Pacing: share of its bid that it takes part with, in (0, 1]. */
  readonly factor: number;
}

/** A campaign's part in a decision: the one of the item at a position. */
export interface ShownAd extends Pick<Campaign, "campaignId" | "pays" | "bid"> {
  readonly factor: number;
  /** Share of this showing that is exploration's, in [0, 1]. */
  readonly explored: number;
}

/** How a scenario sells its places to campaigns. */
export interface AdsRule {
  /** Event types that campaigns may pay for. */
  readonly outcomes: readonly string[];
  /** Weight of log(bid × factor) in an item's log-odds. 1 multiplies its odds by them. */
  readonly bidWeight: number;
  /** Weight of log(P(outcome) × bid × factor) in the log-odds that the fast loop draws, in the place of all else. Absent in rules from before there was one. */
  readonly valueWeight?: number;
  /** Least P(outcome), in (0, 1), that the fast loop must draw for an item; absent: none. An impression that is paid for has P 1. */
  readonly qualityFloor?: number;
}

/** Worth of an outcome of a shown ad: its price, as far as pacing does not ration it. */
export const worthOf = ({ bid, factor }: Pick<ShownAd, "bid" | "factor">): number => bid * factor;
