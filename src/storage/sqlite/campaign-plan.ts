import type { Campaign } from "../../domain/campaign.ts";
import { dayMs } from "../../domain/durations.ts";
import { dayOf, shareUntil, slotMs, trafficCurve } from "../../domain/pacing.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** Days before, of which the traffic of a day is expected. */
const daysOfTraffic = 7;

/** Part of a campaign's share of a day's traffic. */
interface Share {
  /** By a moment, in [0, 1]. */
  readonly done: number;
  /** In the slot before it. */
  readonly step: number;
}

/** The spend that a campaign's day is planned for. */
export interface CampaignPlan {
  /** Expected traffic of a scenario's day. */
  curveOf(scenario: string, day: number): readonly number[];
  /** Of the part of the day in which the campaign takes part. */
  shareOf(campaign: Campaign, now: number, curve: readonly number[]): Share;
}

export function prepareCampaignPlan(connection: Connection): CampaignPlan {
  const first = connection.prepare(
    "SELECT min(sequence), at FROM campaign_states WHERE campaign = ?",
  );
  const traffic = connection.prepare(
    `SELECT slot, sum(decisions) AS decisions FROM traffic
     WHERE scenario = ? AND day >= ? AND day < ? GROUP BY slot`,
  );
  return {
    curveOf: (scenario, day) => {
      const rows = traffic.all(scenario, day - daysOfTraffic, day);
      return trafficCurve(
        new Map(rows.map((row) => [readNumber(row, "slot"), readNumber(row, "decisions")])),
      );
    },
    shareOf: ({ campaignId, startsAt = 0, endsAt = Number.MAX_SAFE_INTEGER }, now, curve) => {
      const begin = dayOf(now) * dayMs;
      const since = readNumber(first.get(campaignId) ?? {}, "at");
      const share = (time: number) => shareUntil(curve, time - begin);
      const from = share(Math.max(begin, startsAt, since));
      const whole = Math.max(share(endsAt) - from, Number.MIN_VALUE);
      const until = (time: number) => Math.max(0, Math.min(1, (share(time) - from) / whole));
      return { done: until(now), step: until(now) - until(now - slotMs) };
    },
  };
}
