import type { Campaign } from "../../domain/campaign.ts";
import { campaignId } from "../../domain/ids.ts";
import {
  dayMs,
  dayOf,
  type Pacing,
  pace,
  shareUntil,
  slotMs,
  trafficCurve,
  unpaced,
} from "../../domain/pacing.ts";
import { type Charges, hasRoom } from "./charges.ts";
import { readJson, readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import type { EventNumbers } from "./group-commit.ts";

/** Days before, of which the traffic of a day is expected. */
const daysOfTraffic = 7;
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

function prepareStatements(connection: Connection) {
  return {
    newest: connection.prepare(
      "SELECT * FROM campaign_states WHERE campaign = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1",
    ),
    first: connection.prepare("SELECT min(sequence), at FROM campaign_states WHERE campaign = ?"),
    insert: connection.prepare("INSERT INTO campaign_states VALUES (?, ?, ?, ?, ?, ?, ?)"),
    traffic: connection.prepare(
      `SELECT slot, sum(decisions) AS decisions FROM traffic
       WHERE scenario = ? AND day >= ? AND day < ? GROUP BY slot`,
    ),
  };
}

/** Spend of a day with the part of the outstanding that is expected to be paid for. */
export function expectedSpend(charges: Charges, campaign: string, day: number): number {
  const { spend, reserved } = charges.sums(campaign, day, day);
  const ever = charges.sums(campaign, 0, allDays);
  const settled = ever.spend + ever.lapsed;
  return settled > 0 ? spend + (reserved * ever.spend) / settled : spend;
}

/** Part of a campaign's share of a day's traffic. */
interface Plan {
  /** By a moment, in [0, 1]. */
  readonly done: number;
  /** In the slot before it. */
  readonly step: number;
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
  /** Expected traffic of a scenario's day. */
  curveOf(scenario: string, day: number): readonly number[];
  plan(campaign: Campaign, now: number, curve: readonly number[]): Plan;
  /** Writes the state of a campaign if it is another than before. */
  update(campaign: Campaign, numbers: EventNumbers, moment: StateMoment): void;
  /** Ends a deleted campaign. */
  close(campaign: Campaign, numbers: EventNumbers, now: number): void;
}

export function prepareCampaignStates(connection: Connection, charges: Charges): CampaignStates {
  const statements = prepareStatements(connection);
  const find = (campaign: string, asOf = allDays): CampaignState | undefined => {
    const row = statements.newest.get(campaign, asOf);
    return row && decodeState(row);
  };

  const curveOf = (scenario: string, day: number) =>
    trafficCurve(
      new Map(
        statements.traffic
          .all(scenario, day - daysOfTraffic, day)
          .map((row) => [readNumber(row, "slot"), readNumber(row, "decisions")]),
      ),
    );

  /** Share of the traffic of a campaign's part of a day that a moment stands for, and of one slot more. */
  function plan(
    { campaignId, startsAt = 0, endsAt = allDays }: Campaign,
    now: number,
    curve: readonly number[],
  ) {
    const begin = dayOf(now) * dayMs;
    const since = readNumber(statements.first.get(campaignId) ?? {}, "at");
    const share = (time: number) => shareUntil(curve, time - begin);
    const from = share(Math.max(begin, startsAt, since));
    const whole = Math.max(share(endsAt) - from, Number.MIN_VALUE);
    const until = (time: number) => Math.max(0, Math.min(1, (share(time) - from) / whole));
    return { done: until(now), step: until(now) - until(now - slotMs) };
  }

  function nextPacing(
    campaign: Campaign,
    before: Pacing,
    now: number,
    curve: readonly number[],
  ): Pacing {
    const budget = campaign.budget?.day;
    if (budget === undefined) return unpaced;
    const { done, step } = plan(campaign, now, curve);
    const spent = expectedSpend(charges, campaign.campaignId, dayOf(now));
    return pace(before, spent / budget - done, step);
  }

  return {
    find,
    curveOf,
    plan,
    update: (campaign, numbers, moment) => {
      const { campaignId, scenario, budget = {}, bid } = campaign;
      const { curve, isNew = false } = moment;
      // The clock of another process may be ahead.
      const now = Math.max(moment.now, (charges.slot(scenario) ?? 0) * slotMs);
      const before = find(campaignId);
      const used = (from: number, to: number) => {
        const { spend, reserved } = charges.sums(campaignId, from, to);
        return spend + reserved;
      };
      const isOpen = hasRoom(budget, bid, {
        day: used(dayOf(now), dayOf(now)),
        total: used(0, allDays),
      });
      const pacing = before ?? unpaced;
      const { factor, integral } = curve ? nextPacing(campaign, pacing, now, curve) : pacing;
      const isSame =
        before?.isOpen === isOpen && before.factor === factor && before.integral === integral;
      if (isSame && !isNew) return;
      const row = [scenario, now, isOpen ? 1 : 0, factor, integral] as const;
      statements.insert.run(campaignId, numbers.next(), ...row);
    },
    close: ({ campaignId, scenario }, numbers, now) => {
      statements.insert.run(campaignId, numbers.next(), scenario, now, 0, 1, 0);
    },
  };
}
