import type { CampaignMoment } from "../../domain/campaign.ts";
import { type Decision, type DrawnTime, timeOfDraw } from "../../domain/decision.ts";
import { hourMs } from "../../domain/durations.ts";
import type { ServingRule } from "../../domain/scenario.ts";
import type { Store } from "../../storage/store.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import type { UserMoment } from "../rules/read-left-out.ts";

/** The campaigns that take part in a decision, as of its event number, time and user. */
export interface Auction {
  /** The campaign that an item's attribute `campaign` names; undefined if it doesn't take part, or is none of the scenario's. */
  findAd(facts: ItemFacts): CampaignMoment | undefined;
  /** Addition to the log-odds of an item that takes part: w·log(bid × factor). */
  boostOf(facts: ItemFacts): number;
}

/** Campaigns that the user has seen as often as they may. */
async function readCapped(
  { campaigns }: Store,
  all: readonly CampaignMoment[],
  { now, ...visit }: UserMoment,
): Promise<ReadonlySet<string>> {
  const caps = all.flatMap(({ campaign: { campaignId, frequencyCap: cap } }) =>
    cap ? [{ campaignId, most: cap.showings, since: now - cap.hours * hourMs }] : [],
  );
  if (caps.length === 0) return new Set();
  const since = Math.min(...caps.map((cap) => cap.since));
  const shown = await campaigns.showings({ ...visit, since });
  const countOf = (id: (typeof caps)[number]["campaignId"], from: number) =>
    (shown.get(id) ?? []).filter((time) => time > from).length;
  const capped = caps.filter((cap) => countOf(cap.campaignId, cap.since) >= cap.most);
  return new Set(capped.map(({ campaignId }) => campaignId));
}

const isRunning = ({ campaign: { startsAt, endsAt } }: CampaignMoment, now: number): boolean =>
  (startsAt ?? now) <= now && now < (endsAt ?? Number.POSITIVE_INFINITY);

/** A candidate's own bid holds up to that of its campaign, whose budgets have room for no more. */
function withBid(moment: CampaignMoment | undefined, bid: number | undefined) {
  if (moment === undefined || bid === undefined) return moment;
  return { ...moment, campaign: { ...moment.campaign, bid: Math.min(bid, moment.campaign.bid) } };
}

/** Undefined for a scenario without ads. */
export async function readAuction(
  store: Store,
  { ads }: Pick<Partial<ServingRule>, "ads">,
  visit: UserMoment,
): Promise<Auction | undefined> {
  if (ads === undefined) return undefined;
  const all = await store.campaigns.asOf(visit.scenario, visit.asOf);
  const running = all.filter((moment) => moment.isOpen && isRunning(moment, visit.now));
  const capped = await readCapped(store, running, visit);
  const open = new Map<unknown, CampaignMoment>(
    running
      .filter(({ campaign }) => !capped.has(campaign.campaignId))
      .map((moment) => [moment.campaign.campaignId, moment]),
  );
  // A CSV file has the id 5 as a number.
  const campaignOf = ({ attributes: { campaign } }: ItemFacts) =>
    open.get(typeof campaign === "number" ? String(campaign) : campaign);
  const findAd = (facts: ItemFacts) => withBid(campaignOf(facts), facts.bid);
  return {
    findAd,
    boostOf: (facts) => {
      const moment = findAd(facts);
      return moment ? ads.bidWeight * Math.log(moment.campaign.bid * moment.factor) : 0;
    },
  };
}

/** Of a logged decision. */
export const readLoggedAuction = (
  store: Store,
  {
    userId,
    scenario,
    asOf,
    servingRule,
    ...times
  }: Pick<Decision, "userId" | "scenario" | "asOf" | DrawnTime | "servingRule">,
): Promise<Auction | undefined> =>
  readAuction(store, servingRule ?? {}, { userId, scenario, asOf, now: timeOfDraw(times) });
