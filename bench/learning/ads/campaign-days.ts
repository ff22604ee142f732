import type { Campaign, ShownAd } from "../../../src/domain/campaign.ts";
import { dayMs } from "../../../src/domain/durations.ts";
import type { CatalogueVisit, World } from "../../../src/domain/world.ts";
import type { Store } from "../../../src/engine/open-store.ts";
import { startOfTime } from "../../../src/lab/closed-loop/world-configuration.ts";
import { mean } from "../../statistics.ts";

/** What a campaign with a budget did in a day. */
export interface DayOfCampaign {
  readonly day: number;
  /** Mean over its showings. */
  readonly factor: number;
  /** Mean over the day's visits of |spend − budget × share of the day's visits so far|, as a share of the budget. */
  readonly pacingError: number;
  /** Spend beyond the budget, in prices of an impression; below 0 if some is left. */
  readonly overspent: number;
  /** Share of its showings that exploration drew. */
  readonly explored: number;
}

interface Showing extends ShownAd {
  readonly paid: number;
}

/** By visit of the day. */
async function readShowings(store: Store, day: number): Promise<readonly Showing[]> {
  const from = startOfTime + day * dayMs;
  const range = { from, to: from + dayMs, after: 0, asOf: await store.sequence() };
  const all = await store.decisions.scan({ ...range, limit: Number.MAX_SAFE_INTEGER });
  return all.flatMap(({ decision: { ads = [] }, rewards }) =>
    ads.map((ad, position) => ({ ...ad, paid: (rewards[position] ?? 0) > 0 ? ad.bid : 0 })),
  );
}

function measure({ campaignId, bid, budget }: Campaign, showings: readonly Showing[], day: number) {
  const limit = budget?.day;
  const own = showings.filter((showing) => showing.campaignId === campaignId);
  if (limit === undefined || own.length === 0) return [];
  let spend = 0;
  const leads = showings.map((showing, visit) => {
    if (showing.campaignId === campaignId) spend += showing.paid;
    return Math.abs(spend / limit - (visit + 1) / showings.length);
  });
  return [
    {
      day,
      factor: mean(own.map(({ factor }) => factor)),
      pacingError: mean(leads),
      overspent: (spend - limit) / bid,
      explored: mean(own.map(({ explored }) => explored)),
    },
  ];
}

/** Of each campaign with a budget that was shown. @param day from 0 */
export async function readDays(
  store: Store,
  { campaigns = [] }: World<CatalogueVisit>,
  day: number,
): Promise<readonly DayOfCampaign[]> {
  const showings = await readShowings(store, day);
  return campaigns.flatMap((campaign) => measure(campaign, showings, day));
}
