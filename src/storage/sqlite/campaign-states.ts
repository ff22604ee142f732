import type { Campaign } from "../../domain/campaign.ts";
import { campaignId } from "../../domain/ids.ts";
import { dayOf, type Pacing, pace, slotMs, unpaced } from "../../domain/pacing.ts";
import type { CampaignPlan } from "./campaign-plan.ts";
import { type Charges, hasRoom } from "./charges.ts";
import { readJson, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers } from "./group-commit.ts";

const allDays = Number.MAX_SAFE_INTEGER;

/** From a row of its revisions. */
export const decodeCampaign = (row: Row): Campaign => ({
  ...readJson<Omit<Campaign, "campaignId">>(row, "payload"),
  campaignId: campaignId(readText(row, "id")),
});

export interface CampaignState extends Pacing {
  readonly sequence: number;
  readonly at: number;
  readonly isOpen: boolean;
}

export const decodeState = (row: Row): CampaignState => ({
  sequence: readNumber(row, "sequence"),
  at: readNumber(row, "at"),
  isOpen: readNumber(row, "is_open") === 1,
  factor: readNumber(row, "factor"),
  integral: readNumber(row, "integral"),
});

/** Spend of a day with the part of the outstanding that is expected to be paid for. */
function expectedSpend(charges: Charges, campaign: string, day: number): number {
  const { spend, reserved } = charges.sums(campaign, day, day);
  const ever = charges.sums(campaign, 0, allDays);
  const settled = ever.spend + ever.lapsed;
  return settled > 0 ? spend + (reserved * ever.spend) / settled : spend;
}

/** The moment of a state. */
interface StateMoment {
  readonly now: number;
  /** Of the day's traffic, for a step of pacing. */
  readonly curve?: readonly number[];
  /** A revision of the campaign, which has a state of its own. */
  readonly isNew?: boolean;
}

/** The states of campaigns: open or closed, and paced. */
export interface CampaignStates {
  /** The newest one up to an event number. */
  find(campaign: string, asOf?: number): CampaignState | undefined;
  /** Writes the state of a campaign if it is another than before. */
  update(campaign: Campaign, numbers: EventNumbers, moment: StateMoment): void;
  /** Ends a deleted campaign. */
  close(campaign: Campaign, numbers: EventNumbers, now: number): void;
}

interface Parts {
  readonly charges: Charges;
  readonly plan: CampaignPlan;
}

function isOpen({ charges }: Parts, { campaignId, budget = {}, bid }: Campaign, now: number) {
  const used = (from: number, to: number) => {
    const { spend, reserved } = charges.sums(campaignId, from, to);
    return spend + reserved;
  };
  return hasRoom(budget, bid, { day: used(dayOf(now), dayOf(now)), total: used(0, allDays) });
}

function step(
  { charges, plan }: Parts,
  campaign: Campaign,
  before: Pacing,
  { now, curve }: StateMoment,
): Pacing {
  if (curve === undefined) return before;
  const budget = campaign.budget?.day;
  if (budget === undefined) return unpaced;
  const share = plan.shareOf(campaign, now, curve);
  const spent = expectedSpend(charges, campaign.campaignId, dayOf(now));
  return pace(before, spent / budget - share.done, share.step);
}

export function prepareCampaignStates(connection: Connection, parts: Parts): CampaignStates {
  const newest = connection.prepare(
    "SELECT * FROM campaign_states WHERE campaign = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1",
  );
  const insert = connection.prepare("INSERT INTO campaign_states VALUES (?, ?, ?, ?, ?, ?, ?)");
  const find = (campaign: string, asOf = allDays): CampaignState | undefined => {
    const row = newest.get(campaign, asOf);
    return row && decodeState(row);
  };
  return {
    find,
    update: (campaign, numbers, moment) => {
      const { campaignId, scenario } = campaign;
      // The clock of another process may be ahead.
      const now = Math.max(moment.now, (parts.charges.slot(scenario) ?? 0) * slotMs);
      const before = find(campaignId);
      const open = isOpen(parts, campaign, now);
      const { factor, integral } = step(parts, campaign, before ?? unpaced, { ...moment, now });
      const isSame =
        before?.isOpen === open && before.factor === factor && before.integral === integral;
      if (isSame && !moment.isNew) return;
      insert.run(campaignId, numbers.next(), scenario, now, open ? 1 : 0, factor, integral);
    },
    close: ({ campaignId, scenario }, numbers, now) => {
      insert.run(campaignId, numbers.next(), scenario, now, 0, 1, 0);
    },
  };
}
